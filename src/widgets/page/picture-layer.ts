/** Pictures on the map, as many as have room; more appear when it is enlarged. */
import { none } from "../categories.js";
import { uncategorised } from "../palette.js";
import { uncrowded } from "../placement.js";
import type { MapView } from "./embedding-map.js";

/** How much of a picture is left where others are selected. */
const fadedAlpha = 0.2;

/** Where a point lies in the map's box, in pixels. */
export function pixel({ plot, points }: MapView, point: number): [x: number, y: number] {
  const { xaxis, yaxis } = plot._fullLayout;
  return [xaxis._offset + xaxis.c2p(points[2 * point]), yaxis._offset + yaxis.c2p(points[2 * point + 1])];
}

/** Draws a point's picture from the sheet. */
export function drawTile(
  context: CanvasRenderingContext2D,
  { data, sheet }: MapView,
  point: number,
  x: number,
  y: number,
  side: number,
): void {
  if (!data.sheet || !sheet) return;
  const { tile, columns } = data.sheet;
  const [left, top] = [(point % columns) * tile, Math.floor(point / columns) * tile];
  context.drawImage(sheet, left, top, tile, tile, x, y, side, side);
}

/** Lays a canvas over the map and returns what draws it again. */
export function drawPictures(view: MapView, wanted: () => boolean): () => void {
  const canvas = document.createElement("canvas");
  canvas.className = "pl-pictures-layer";
  view.box.append(canvas);
  const redraw = (): void => {
    const { clientWidth: width, clientHeight: height } = view.box;
    const ratio = Math.min(2, Math.max(1, devicePixelRatio));
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const context = canvas.getContext("2d");
    if (!context || !view.sheet || !wanted()) return;
    context.scale(ratio, ratio);
    drawVisible(view, context, width, height);
  };
  redraw();
  return redraw;
}

function drawVisible(view: MapView, context: CanvasRenderingContext2D, width: number, height: number): void {
  const side = width < 560 ? 32 : 42;
  const shown = [...view.category.keys()].filter((i) => view.present[i] && !view.hidden.has(view.category[i]));
  const places = shown.map((i) => pixel(view, i));
  const kept = uncrowded(
    places.map(([x]) => x),
    places.map(([, y]) => y),
    side + 4,
    width,
    height,
  );
  context.lineWidth = 2;
  for (const k of kept) {
    const [x, y] = places[k];
    const place = view.category[shown[k]];
    context.globalAlpha = view.selected.size === 0 || view.selected.has(shown[k]) ? 1 : fadedAlpha;
    drawTile(context, view, shown[k], x - side / 2, y - side / 2, side);
    context.strokeStyle = place === none ? uncategorised : view.data.categories[place].colour;
    context.strokeRect(x - side / 2, y - side / 2, side, side);
  }
}
