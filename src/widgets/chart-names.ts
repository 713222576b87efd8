/** What the curves of a chart are called: beside their ends, or in a legend. */
import { type ChartSeries, type Frame, line } from "./chart-frame.js";
import { markPath } from "./marks.js";
import { fitText, round, svgText, wrapText } from "./svg.js";

/** Names beside the ends of their curves, long ones over several lines, moved apart where these lie close together. */
export function endNames(
  series: readonly ChartSeries[],
  colours: readonly string[],
  { across, up, atX, atY, width, height }: Frame,
): string {
  const ends = series
    .flatMap(({ name, points }, i) => {
      const last = points.at(-1);
      if (!last) return [];
      const [x, y] = [atX(across.place(last.x)), atY(up.place(last.y))];
      return [{ lines: wrapText(name, width - x - 14), colour: colours[i], x, y }];
    })
    .sort((a, b) => a.y - b.y);
  const places = spread(
    ends.map(({ y }) => y),
    ends.map(({ lines }) => step * lines.length),
    height - 46,
  );
  return ends
    .map(({ lines, colour, x, y }, i) => {
      const lead =
        Math.abs(places[i] - y) > 3
          ? `<path d="M${x + 6} ${y}L${x + 12} ${round(places[i])}" stroke="${colour}"/>`
          : "";
      const words = lines.map((text, k) =>
        svgText(fitText(text, width - x - 14), x + 14, round(places[i] + 4 + k * step), {
          size: 12,
          colour: line.text,
        }),
      );
      return lead + words.join("");
    })
    .join("");
}

const step = 15;

/** Places in rising order, each as far from the next as it is tall, none lower than the bottom. */
function spread(wanted: readonly number[], tall: readonly number[], bottom: number): number[] {
  const places = [...wanted];
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i], places[i - 1] + tall[i - 1]);
  // those pushed past the bottom go back up
  let most = bottom + step;
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i], most - tall[i]);
    most = places[i];
  }
  return places;
}

/** Above the chart, at the right. */
export function legend(series: readonly ChartSeries[], colours: readonly string[], { width }: Frame): string {
  let right = width - 24;
  return [...series.entries()]
    .reverse()
    .map(([i, { name }]) => {
      const text = svgText(name, right, 12, { size: 12, colour: line.text, anchor: "end" });
      right -= name.length * 7.2 + 14;
      const mark = `<path d="${markPath("circle", right + 4, 8, 4)}" fill="${colours[i]}"/>`;
      right -= 14;
      return text + mark;
    })
    .join("");
}
