/** Whether confidence means what it says: how often answers of each confidence are right. */
import type { Calibration, CalibrationBin } from "../core/evaluate/classification-report.js";
import { categoryStyles } from "./palette.js";
import { round, svgText } from "./svg.js";
import { counted, percent } from "./wording.js";

/** Units of the diagram. */
export const reliabilitySize = { width: 340, height: 300 };

const [left, right, top, bottom] = [52, 24, 26, 44];

/** By how many percentage points it is surer than it is right, on average; below 0 where it is too modest. */
export function overconfidence({ bins }: Calibration): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const gap = bins.reduce((sum, bin) => sum + bin.rows * (bin.meanConfidence - bin.accuracy), 0);
  return rows === 0 ? 0 : (100 * gap) / rows;
}

/** A dot a bin, the larger the more pictures, and how far it lies from where it should. */
export function reliabilityElements({ bins }: Calibration): string {
  const [{ colour }] = categoryStyles(1);
  const most = Math.max(1, ...bins.map(({ rows }) => rows));
  const gaps = bins.map(
    ({ meanConfidence: sure, accuracy }) =>
      `<path d="M${x(sure)} ${y(sure)}V${y(accuracy)}" stroke="${colour}" stroke-width="2" stroke-opacity=".5"/>`,
  );
  const dots = bins.map((bin) => {
    const radius = round(2.5 + 7 * Math.sqrt(bin.rows / most));
    return `<circle cx="${x(bin.meanConfidence)}" cy="${y(bin.accuracy)}" r="${radius}" fill="${colour}"><title>${binWords(bin)}</title></circle>`;
  });
  return grid() + gaps.join("") + dots.join("");
}

function binWords({ from, to, rows, meanConfidence, accuracy }: CalibrationBin): string {
  return `${counted(rows, "answer")} ${Math.round(100 * from)} to ${percent(to)} sure, ${percent(meanConfidence)} on average: ${percent(accuracy)} right`;
}

function grid(): string {
  const text = { size: 11, colour: "currentColor" };
  const lines = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (at) =>
      `<path d="M${x(at)} ${y(0)}V${y(1)}M${x(0)} ${y(at)}H${x(1)}" stroke="currentColor" stroke-opacity=".12"/>` +
      svgText(String(Math.round(100 * at)), x(at), y(0) + 17, { ...text, anchor: "middle" }) +
      svgText(`${Math.round(100 * at)}`, x(0) - 8, y(at) + 4, { ...text, anchor: "end" }),
  );
  return (
    lines.join("") +
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="currentColor" stroke-dasharray="4 3"/>` +
    svgText("% of them right", 0, 12, { ...text, size: 12 }) +
    svgText("how sure the answers are, %", x(1), reliabilitySize.height - 8, { ...text, size: 12, anchor: "end" })
  );
}

function x(share: number): number {
  return round(left + share * (reliabilitySize.width - left - right));
}

function y(share: number): number {
  const { height } = reliabilitySize;
  return round(height - bottom - share * (height - top - bottom));
}
