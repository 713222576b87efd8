/** A progress bar at one moment, as HTML and as a line of text. */
import type { DisplayData } from "../cells/messages.js";
import { waitText } from "./duration-text.js";
import { escapeHtml } from "./html.js";
import { count as grouped } from "./limits.js";

export interface ProgressMoment {
  readonly label: string;
  readonly count: number;
  readonly total: number | undefined;
  /** since the bar began */
  readonly seconds: number;
  readonly state: "running" | "done" | "stopped";
}

const colours = { running: "#d9660b", done: "#1a936f", stopped: "#8a8f98" };
const cells = 20;

export function progressData(moment: ProgressMoment): DisplayData {
  return { "text/html": html(moment), "text/plain": text(moment) };
}

/** From 0 to 1, or undefined where the end is not known. */
function share({ count, total, state }: ProgressMoment): number | undefined {
  if (total === undefined) return state === "done" ? 1 : undefined;
  return total > 0 ? Math.min(count / total, 1) : 1;
}

function text(moment: ProgressMoment): string {
  const part = share(moment);
  const filled = part === undefined ? 0 : Math.floor(part * cells);
  const bar = part === undefined ? [] : ["█".repeat(filled) + "░".repeat(cells - filled)];
  return [...(moment.label ? [moment.label] : []), ...bar, words(moment)].join("  ");
}

function html(moment: ProgressMoment): string {
  const { label, count, total, state } = moment;
  const part = share(moment);
  const name = label ? `<span>${escapeHtml(label)}</span>` : "";
  const range =
    total === undefined ? "" : ` aria-valuemin="0" aria-valuemax="${total}" aria-valuenow="${Math.min(count, total)}"`;
  // without an end in sight the whole bar is faint
  const fill = `width:${((part ?? 1) * 100).toFixed(1)}%;opacity:${part === undefined ? 0.35 : 1};background:${colours[state]}`;
  return (
    `<div style="display:flex;flex-wrap:wrap;gap:2px 12px;align-items:center;font:13px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif;font-variant-numeric:tabular-nums">${name}` +
    `<span role="progressbar" aria-label="${escapeHtml(label || "progress")}"${range} style="flex:0 1 220px;min-width:80px;height:6px;border-radius:3px;overflow:hidden;background:color-mix(in srgb,currentColor 15%,transparent)">` +
    `<span style="display:block;height:100%;${fill};print-color-adjust:exact"></span></span>` +
    `<span style="opacity:.75">${escapeHtml(words(moment))}</span></div>`
  );
}

function words(moment: ProgressMoment): string {
  const { count, total, seconds, state } = moment;
  const reached = total === undefined ? grouped(count) : `${grouped(count)}/${grouped(total)}`;
  if (state === "stopped") return `stopped at ${reached} after ${waitText(seconds)}`;
  const rate = rateText(count, seconds);
  if (state === "done") return [`${reached} in ${waitText(seconds)}`, ...rate].join(" · ");
  const part = share(moment);
  const percent = part === undefined ? [] : [`${Math.floor(part * 100)} %`];
  return [...percent, reached, ...rate, ...leftText(moment)].join(" · ");
}

function rateText(count: number, seconds: number): string[] {
  if (count <= 0 || seconds < 0.05) return [];
  const rate = count / seconds;
  if (rate < 1) return [`${waitText(1 / rate)} each`];
  return [`${rate < 9.995 ? rate.toFixed(2) : rate < 99.95 ? rate.toFixed(1) : grouped(Math.round(rate))}/s`];
}

function leftText({ count, total, seconds }: ProgressMoment): string[] {
  if (total === undefined || count <= 0 || count >= total || seconds < 0.05) return [];
  return [`${waitText((seconds / count) * (total - count))} left`];
}
