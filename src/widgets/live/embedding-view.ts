/** An embedding map's figure in the notebook: which points are selected, both ways. */
import { ArgumentError } from "../../core/errors.js";
import type { ProjectionLike } from "../embedding-map.js";
import type { PictureLike } from "../thumbnail.js";
import type { Displayable, FigureView } from "./figure-view.js";
import { SharedValue } from "./shared-value.js";

/** A selected point with what the projection knows of it. */
export interface SelectedPoint<P = PictureLike> {
  /** its row in the projection */
  readonly row: number;
  readonly picture?: P;
  readonly label?: string;
}

/** What `show(umap(…))` gives back. */
export interface EmbeddingMapView<P = PictureLike> extends FigureView<Uint32Array> {
  /**
   * Rows of the selected points in ascending order, none at first. Setting it marks the points in the page.
   *
   * @throws ArgumentError when it is set to something else than rows of the projection
   */
  get selection(): Uint32Array;
  set selection(rows: Iterable<number>);
  /** The selected points, in the same order. */
  readonly selected: SelectedPoint<P>[];
}

interface EmbeddingViewOptions {
  readonly labels?: readonly (string | undefined)[];
  readonly pictures?: readonly (PictureLike | undefined)[];
}

export function embeddingView(
  projection: ProjectionLike,
  { labels = projection.labels, pictures = projection.pictures }: EmbeddingViewOptions = {},
): Displayable<EmbeddingMapView> {
  const { rows } = projection.points;
  const shared = new SharedValue(new Uint32Array(), (value) => checkedRows(value, rows));
  const view: EmbeddingMapView = {
    get selection(): Uint32Array {
      return shared.value;
    },
    set selection(chosen: Iterable<number>) {
      shared.set(chosen);
    },
    get selected() {
      return Array.from(shared.value, (row) => ({
        row,
        ...known("picture", pictures, row),
        ...known("label", labels, row),
      }));
    },
    onChange: (listener) => shared.onChange(listener),
    close: () => shared.close(),
  };
  return { view, shared };
}

function checkedRows(value: unknown, count: number): Uint32Array {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value))
    throw new ArgumentError("selection", `is ${value}: give a list of rows`);
  const rows = new Set(value as Iterable<number>);
  for (const row of rows)
    if (!Number.isInteger(row) || row < 0 || row >= count)
      throw new ArgumentError("selection", `holds ${row}: the map has the rows 0 to ${count - 1}`);
  return Uint32Array.from(rows).sort();
}

function known<K extends string, T>(
  key: K,
  list: readonly (T | undefined)[] | undefined,
  row: number,
): { [k in K]?: T } {
  const value = list?.[row];
  return value === undefined ? {} : ({ [key]: value } as { [k in K]?: T });
}
