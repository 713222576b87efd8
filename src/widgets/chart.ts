/** Curves with bands on two axes, as SVG that takes the colour of what surrounds it: the same in pages and in pictures. */
import { ArgumentError } from "../core/errors.js";
import {
  type ChartAxis,
  type ChartMark,
  type ChartOptions,
  type ChartPoint,
  type ChartSeries,
  chartAxis,
  type Frame,
  frameOf,
  line,
} from "./chart-frame.js";
import { endNames, legend } from "./chart-names.js";
import { markPath } from "./marks.js";
import { escapeXml } from "./markup.js";
import { categoryStyles } from "./palette.js";
import { svgText } from "./svg.js";
import { significant } from "./wording.js";

/**
 * The elements of a chart.
 *
 * @throws ArgumentError when there is no point, one is not finite, or not above 0 on a logarithmic axis
 */
export function chartElements(series: readonly ChartSeries[], options: ChartOptions): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) throw new ArgumentError("series", "hold no point: give at least one");
  const { x, y, names = "legend", columns = [], levels = [] } = options;
  const across = chartAxis("x", [...points.map((p) => p.x), ...columns.map(({ at }) => at)], x);
  const up = chartAxis("y", [...points.flatMap(extent), ...levels.map(({ at }) => at)], y);
  const frame = frameOf(across, up, series, options);
  const colours = series.map(({ colour }, i) => colour ?? categoryStyles(series.length)[i].colour);
  return (
    grid(frame, x, y) +
    series.map((one, i) => band(one, colours[i], frame)).join("") +
    levels.map((mark) => levelLine(mark, frame)).join("") +
    columns.map((mark) => columnLine(mark, frame)).join("") +
    series.map((one, i) => curve(one, colours[i], frame, options.dots ?? true)).join("") +
    (names === "ends" ? endNames(series, colours, frame) : legend(series, colours, frame))
  );
}

function extent({ y, low, high }: ChartPoint): number[] {
  return [y, ...[low, high].filter((value) => value !== undefined)];
}

function grid({ across, up, atX, atY, height }: Frame, x: ChartAxis, y: ChartAxis): string {
  const columns = across.ticks.map(({ at, text }) => {
    const place = atX(at);
    return (
      `<path d="M${place} ${atY(0)}V${atY(1)}" ${line.faint}/>` +
      svgText(text, place, atY(0) + 17, { size: 11, colour: line.text, anchor: "middle" })
    );
  });
  const rows = up.ticks.map(({ at, text }) => {
    const place = atY(at);
    return (
      `<path d="M${atX(0)} ${place}H${atX(1)}" ${line.faint}/>` +
      svgText(text, atX(0) - 8, place + 4, { size: 11, colour: line.text, anchor: "end" })
    );
  });
  const labels =
    svgText(x.label, atX(1), height - 8, { size: 12, colour: line.text, anchor: "end" }) +
    svgText(y.label, 0, 12, { size: 12, colour: line.text });
  return columns.join("") + rows.join("") + labels;
}

/** From the lows forth and along the highs back. */
function band({ points }: ChartSeries, colour: string, { across, up, atX, atY }: Frame): string {
  const known = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  if (known.length === 0) return "";
  const at = (p: ChartPoint, value: number): string => `${atX(across.place(p.x))} ${atY(up.place(value))}`;
  const forth = known.map((p) => at(p, p.low!));
  const back = known.map((p) => at(p, p.high!)).reverse();
  // a band of one point is a line
  const stroke = known.length === 1 ? `stroke="${colour}" stroke-width="2" stroke-opacity=".5"` : "";
  return `<path d="M${[...forth, ...back].join("L")}z" fill="${colour}" fill-opacity=".16" ${stroke}/>`;
}

function curve({ points, name }: ChartSeries, colour: string, frame: Frame, dots: boolean): string {
  const { across, up, atX, atY, width } = frame;
  const places = points.map((point) => ({ x: atX(across.place(point.x)), y: atY(up.place(point.y)), point }));
  const path = places.map((p, k) => `${k === 0 ? "M" : "L"}${p.x} ${p.y}`).join("");
  const marks = places.map(({ x, y, point }) => {
    const title = `${name}${point.label ? `, ${point.label}` : ""}: ${significant(point.x)}, ${significant(point.y)}`;
    // labels near the right edge stand at the left of their mark
    const anchor = x > width - 120 ? "end" : "start";
    const label = point.label
      ? svgText(point.label, x + (anchor === "end" ? -7 : 7), y + 14, { size: 10.5, colour: line.text, anchor })
      : "";
    return `<path d="${markPath("circle", x, y, 4)}" fill="${colour}"><title>${escapeXml(title)}</title></path>${label}`;
  });
  const shown = dots || points.length === 1 ? marks.join("") : "";
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${shown}`;
}

function columnLine({ at, label }: ChartMark, { across, atX, atY }: Frame): string {
  const x = atX(across.place(at));
  return (
    `<path d="M${x} ${atY(0)}V${atY(1)}" stroke="currentColor" stroke-dasharray="3 3"/>` +
    svgText(label, x, atY(1) - 5, { size: 11, colour: line.text, anchor: "middle" })
  );
}

function levelLine({ at, label }: ChartMark, { up, atX, atY }: Frame): string {
  const y = atY(up.place(at));
  return (
    `<path d="M${atX(0)} ${y}H${atX(1)}" stroke="currentColor" stroke-dasharray="3 3" stroke-opacity=".7"/>` +
    svgText(label, atX(1) - 4, y - 5, { size: 11, colour: line.text, anchor: "end" })
  );
}
