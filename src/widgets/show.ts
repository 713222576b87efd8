/** Shows any result where the code runs: in a notebook as a figure, in a shell as text. */
import { type CellExecution, displayHook } from "../core/display-hook.js";
import type { PatchMap } from "../core/features/patch-map.js";
import { needsPlotly, withoutPlotly } from "./assets.js";
import type { MimeBundle } from "./bundle.js";
import type { ProjectionLike } from "./embedding-map.js";
import { kindOf, type Showable, type ToBundleOptions } from "./kinds.js";
import type { EmbeddingMapView } from "./live/embedding-view.js";
import { carrying, shownAlready } from "./live/figure-view.js";
import type { PatchMapView } from "./live/patch-map-view.js";
import type { PatchMapLike } from "./patch-map-figure.js";
import { saveHtml } from "./save.js";
import type { PictureLike } from "./thumbnail.js";

/** A projection whose pictures keep their own kind in the view. */
export interface ShownProjection<P extends PictureLike> extends Omit<ProjectionLike, "pictures"> {
  pictures?: readonly (P | undefined)[];
}

export interface ShowOptions extends ToBundleOptions {
  /** also write the figure to this HTML file */
  readonly file?: string;
  /**
   * bring Plotly with this figure @default with the first figure of the notebook that needs it, and with the next one
   * when that figure's cell has run again: set it to true when that cell's output was cleared or the cell deleted
   */
  readonly plotly?: boolean;
}

/**
 * The figure of a result, without displaying it.
 *
 * @throws ArgumentError when the result is none of those that can be shown; and what its figure throws
 */
export async function toBundle(
  result: Showable | Promise<Showable>,
  options: ToBundleOptions = {},
): Promise<MimeBundle> {
  const { kind, value } = await kindOf(result);
  return kind.draw(value as never, options as never);
}

/**
 * Draws a result and displays it: in a notebook as a figure, elsewhere as text.
 *
 * A patch map and an embedding map come back as views: in a notebook whose page has widgets (`pip install anywidget`)
 * `view.threshold` follows the slider and `view.selection` the points that the reader selects, and setting them moves
 * the slider and marks the points; `view.onChange` tells of either. Elsewhere the figure answers by itself, and the
 * view works without it.
 *
 * @param result a patch map, a search result, retrieval scores, a projection, attention, token norms, a match,
 *   a comparison, a classification report, likely label mistakes, accuracy by labelled pictures, the notes of a training,
 *   features, a matrix, pictures, or a promise of one
 * @returns a view, which shows nothing as a cell's value since its figure is shown; for other figures nothing. In Deno
 *   both are the bundle, which its cells display as their value. `toBundle` gives the bundle anywhere
 * @throws ArgumentError when the result is none of those that can be shown; FileError when `options.file` cannot be
 *   written; and what the figure throws
 * @example
 * const view = await show(patchMap(patches, { threshold: "otsu" }), { patches });
 * // after moving the slider
 * const { maps } = await view.map;
 */
export function show(result: PatchMap | Promise<PatchMap>, options?: ShowOptions): Promise<PatchMapView<PatchMap>>;
export function show(result: PatchMapLike | Promise<PatchMapLike>, options?: ShowOptions): Promise<PatchMapView>;
export function show<P extends PictureLike = PictureLike>(
  result: ShownProjection<P> | Promise<ShownProjection<P>>,
  options?: ShowOptions,
): Promise<EmbeddingMapView<P>>;
export function show(
  result: Showable | Promise<Showable>,
  options?: ShowOptions,
): Promise<PatchMapView | EmbeddingMapView | MimeBundle | undefined>;
export async function show(result: unknown, options: ShowOptions = {}): Promise<unknown> {
  const { kind, value } = await kindOf(result);
  const full = await kind.draw(value as never, options as never);
  const shared = kind.view?.(value as never, options as never);
  if (options.file !== undefined) await saveHtml(full, options.file, options.title ? { title: options.title } : {});
  const display = displayHook();
  if (display) {
    const bundle = carriedOnce(full, options.plotly, display.execution?.());
    const put = (html: string) => display({ ...bundle, "text/html": html });
    await (shared ? shared.shared.display(display, bundle["text/html"], put) : put(bundle["text/html"]));
  } else if ("Deno" in globalThis) {
    const bundle = carriedOnce(full, options.plotly);
    return carrying(shared?.view ?? {}, bundle);
  } else console.log(full["text/plain"]);
  return shared && shownAlready(shared.view);
}

/** The run of a cell whose output brought Plotly. */
let carrier: CellExecution | undefined;

/** A notebook holds Plotly once: later figures wait for the one that brings it, as long as its output stands. */
function carriedOnce(bundle: MimeBundle, wanted?: boolean, execution: CellExecution = { replaced: false }): MimeBundle {
  const html = bundle["text/html"];
  if (!needsPlotly(html)) return { ...bundle };
  if (wanted ?? (carrier === undefined || carrier.replaced)) {
    carrier = execution;
    return { ...bundle };
  }
  return { ...bundle, "text/html": withoutPlotly(html) };
}
