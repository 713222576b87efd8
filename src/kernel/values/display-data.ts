/** What a notebook shows of a value. */
import { stripVTControlCharacters, types } from "node:util";
import type { DisplayData } from "../cells/messages.js";
import { bundleData, isBundle } from "./bundle-data.js";
import { type ReportContext, reportThrown } from "./error-report.js";
import { foldedText } from "./folded-text.js";
import { functionText } from "./function-text.js";
import { imageData, svgData } from "./image-data.js";
import { cutText } from "./limits.js";
import { numberData } from "./number-data.js";
import { errorText, type OwnDisplay, ownDisplay } from "./own-display.js";
import { plainText } from "./plain-text.js";
import { recordTableData } from "./record-table.js";

export interface ToDisplayDataOptions {
  /** declaration of a function, as the compiler knows it @default name and parameters from its source */
  readonly signature?: string;
  /** where the notebook lies, so that an error shows the cells' lines @default the error as Node prints it */
  readonly context?: ReportContext;
}

/** Data to show, or undefined where nothing is. */
export type Shown = DisplayData | undefined;

/**
 * The MIME bundle of any value; `text/plain` is always in it, unless the value draws itself. Never throws, and never
 * rejects.
 *
 * @returns undefined where nothing is to be shown: for undefined, and for a value whose own
 *   `Symbol.for("Jupyter.display")` method gives an empty bundle. A promise only where that method or a picture's
 *   encoder gives one
 */
export function toDisplayData(value: unknown, options: ToDisplayDataOptions = {}): Shown | Promise<Shown> {
  if (value === undefined) return undefined;
  const own = ownDisplay(value);
  const settle = (given: OwnDisplay | undefined): Shown | Promise<Shown> => settled(given, value, options);
  return types.isPromise(own) ? own.then(settle) : settle(own as OwnDisplay | undefined);
}

function settled(own: OwnDisplay | undefined, value: unknown, options: ToDisplayDataOptions): Shown | Promise<Shown> {
  if (own === undefined) return plainData(value, options);
  if ("nothing" in own) return undefined;
  return "data" in own ? own.data : textData(`${plainText(value)}\n${own.failure}`);
}

function plainData(value: unknown, options: ToDisplayDataOptions): DisplayData | Promise<DisplayData> {
  if (typeof value === "function") return textData(functionText(value, options.signature));
  try {
    const data = typeof value === "string" ? svgData(value) : drawn(value, options);
    if (data === undefined) return textData(textOf(value));
    return types.isPromise(data)
      ? data.catch((error) => textData(`a picture that cannot be drawn: ${errorText(error)}`))
      : (data as DisplayData);
  } catch {
    // its getters throw; inspection does not call them
    return textData(textOf(value));
  }
}

function textOf(value: unknown): string {
  // a string as it is, as in tslab; quotes only where nothing else would be seen
  return typeof value === "string" && value !== "" ? cutText(value) : plainText(value);
}

function textData(text: string): DisplayData {
  const html = foldedText(text);
  return html === undefined ? { "text/plain": text } : { "text/html": html, "text/plain": text };
}

/** The forms of a value that is more than text; the most particular first. A proxy is only inspected. */
function drawn(value: unknown, { context }: ToDisplayDataOptions): DisplayData | Promise<DisplayData> | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  if (context && types.isNativeError(value)) return textData(errorReportText(value, context));
  if (isBundle(value)) return bundleData(value);
  return imageData(value) ?? numberData(value) ?? recordTableData(value);
}

function errorReportText(error: Error, context: ReportContext): string {
  return stripVTControlCharacters(reportThrown(error, context).traceback.join("\n"));
}
