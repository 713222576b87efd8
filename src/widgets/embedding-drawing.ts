/** An embedding map as a still picture. */
import type { Matrix } from "../core/numeric/matrix.js";
import { type Categories, none } from "./categories.js";
import { markPath } from "./marks.js";
import { uncategorised } from "./palette.js";
import { uncrowded } from "./placement.js";
import { heightRatio, placePoints, scatterPaths } from "./scatter.js";
import { contentWidth, type Drawing, ink, svgImage, svgText } from "./svg.js";
import { type PictureLike, squareThumbnails } from "./thumbnail.js";

const side = 40;

/** The points with as many pictures on them as have room, and the labels below. */
export async function drawEmbedding(
  points: Matrix,
  categories: Categories,
  pictures?: readonly (PictureLike | undefined)[],
): Promise<Drawing> {
  const height = Math.round(contentWidth * heightRatio(points));
  const placed = placePoints(points, contentWidth, height, side / 2 + 2);
  const dots = scatterPaths(placed, categories, points.rows > 2000 ? 2 : 3.6);
  const kept = pictures ? uncrowded(placed.xs, placed.ys, side + 4, contentWidth, height) : [];
  const drawn = await squareThumbnails(
    kept.map((i) => pictures?.[i]),
    2 * side,
  );
  const images = kept.map((i, k) => {
    const picture = drawn[k];
    if (!picture) return "";
    const [x, y] = [placed.xs[i] - side / 2, placed.ys[i] - side / 2];
    const place = categories.of[i];
    const colour = place === none ? uncategorised : categories.list[place].colour;
    return (
      svgImage(picture.uri, x, y, side, side) +
      `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="none" stroke="${colour}" stroke-width="2"/>`
    );
  });
  const legend = drawLegend(categories);
  return {
    elements: `${dots}${images.join("")}<g transform="translate(0 ${height + 14})">${legend.elements}</g>`,
    height: height + 14 + legend.height,
  };
}

function drawLegend({ list }: Categories): Drawing {
  let elements = "";
  let [x, y] = [0, 8];
  for (const { name, count, colour, symbol } of list.slice(0, 24)) {
    const text = `${name} ${count}`;
    const width = 30 + text.length * 6.2;
    if (x + width > contentWidth) {
      x = 0;
      y += 20;
    }
    elements += `<path d="${markPath(symbol, x + 6, y, 4.5)}" fill="${colour}"/>${svgText(text, x + 16, y + 4)}`;
    x += width;
  }
  if (list.length > 24) elements += svgText(`and ${list.length - 24} more`, x, y + 4, { colour: ink.muted });
  return { elements, height: list.length > 0 ? y + 8 : 0 };
}
