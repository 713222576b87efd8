/** Curves: how one number follows another, such as recall the time of a search. */
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { chartElements } from "./chart.js";
import type { ChartAxis, ChartSeries } from "./chart-frame.js";
import { bundleOf } from "./figure.js";
import { escapeHtml } from "./markup.js";
import { contentWidth, type Drawing, ink } from "./svg.js";
import { counted, significant } from "./wording.js";

export interface LineChartOptions extends FigureOptions {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  /** where a series' name stands: in a legend above, or beside its end @default "legend" */
  readonly names?: "legend" | "ends";
  /** what the reader should notice @default nothing */
  readonly lookFor?: string;
}

const height = 340;

/**
 * Draws one curve or several, each point named by its label; points with `low` and `high` get a band.
 *
 * @throws ArgumentError when there is no point, one is not finite, or not above 0 on a logarithmic axis
 * @example show(await lineChart([{ name: "HNSW", points }], { x: { label: "ms a query", scale: "log" }, y: { label: "recall@10" } }));
 */
export async function lineChart(series: readonly ChartSeries[], options: LineChartOptions): Promise<MimeBundle> {
  const { x, y, lookFor } = options;
  const elements = chartElements(series, { ...options, height });
  const names = series.map(({ name }) => name).join(", ");
  const points = series.reduce((sum, one) => sum + one.points.length, 0);
  return bundleOf(
    {
      widget: "line-chart",
      body: chartMarkup(elements, contentWidth, height, `${y.label} against ${x.label}: ${names}`),
      caption: {
        shows: `${y.label} against ${x.label}, ${counted(points, "point")}: ${names}.`,
        ...(lookFor === undefined ? {} : { lookFor }),
      },
      drawing: chartDrawing(elements, height),
      text: series.flatMap((one) => [
        one.name,
        ...one.points.map((p) => `  ${p.label ?? ""}  ${x.label} ${significant(p.x)}  ${y.label} ${significant(p.y)}`),
      ]),
    },
    options,
    `${y.label} against ${x.label}`,
  );
}

/** A chart in a page, which says what it is to those who do not see it. */
export function chartMarkup(elements: string, width: number, tall: number, label: string): string {
  return `<svg class="pl-chart" viewBox="0 0 ${width} ${tall}" role="img" aria-label="${escapeHtml(label)}">${elements}</svg>`;
}

/** A chart in a still picture. */
export function chartDrawing(elements: string, tall: number): Drawing {
  return { elements: `<g color="${ink.text}">${elements}</g>`, height: tall };
}
