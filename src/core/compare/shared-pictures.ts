/** The pictures that every participant saw: what one of them misses is left out for all. */
import { DegenerateDataError, NotFiniteError } from "../errors.js";
import type { NamedImage } from "../model/model.js";
import type { Matrix } from "../numeric/matrix.js";
import { takeRows } from "../numeric/take-rows.js";
import type { FailedPicture, Picture } from "../picture.js";
import type { ComparisonCheck } from "./comparison.js";
import type { SeenPictures } from "./seen-pictures.js";

export interface SharedPictures {
  /** places of the shared pictures among the images, rising */
  readonly rows: number[];
  readonly pictures: Picture[];
  /** one a participant: [shared pictures, dim] */
  readonly vectors: Matrix[];
  /** pictures that a participant could not read or gave no finite vector for, by their place */
  readonly failed: FailedPicture[];
  /** one a participant */
  readonly checks: ComparisonCheck[];
}

/**
 * @param names the participants', in the order of `seen`
 * @param others pictures that must be left out besides, by their place
 */
export function sharedPictures(
  images: readonly NamedImage[],
  seen: readonly SeenPictures[],
  names: readonly string[],
  others: readonly FailedPicture[] = [],
): SharedPictures {
  const failed = new Map(others.map((failure) => [failure.index, failure]));
  for (const one of seen) for (const failure of [...one.failed, ...useless(one)]) failed.set(failure.index, failure);
  const placesBySeen = seen.map(({ rows }) => new Map(rows.map((row, place) => [row, place])));
  const rows = images.flatMap((_, row) =>
    !failed.has(row) && placesBySeen.every((places) => places.has(row)) ? [row] : [],
  );
  const taken = placesBySeen.map((places) => rows.map((row) => places.get(row)!));
  return {
    rows,
    pictures: taken[0].map((place) => seen[0].pictures[place]),
    vectors: seen.map(({ vectors }, i) => takeRows(vectors, taken[i])),
    failed: [...failed.values()].sort((a, b) => a.index - b.index),
    checks: seen.map((one, i) => checkOf(images, one, names[i], failed, rows.length)),
  };
}

/** Pictures whose vectors say nothing that could be compared. */
export function useless({
  rows,
  pictures,
  vectors: { data, cols },
}: Pick<SeenPictures, "rows" | "pictures" | "vectors">): FailedPicture[] {
  return rows.flatMap((index, place) => {
    const vector = data.subarray(place * cols, (place + 1) * cols);
    const { name } = pictures[place];
    const argument = `the vector of ${name}`;
    if (!vector.every(Number.isFinite))
      return [{ index, name, error: new NotFiniteError(argument, place, "look at the picture and the model") }];
    if (vector.some((x) => x !== 0)) return [];
    return [
      { index, name, error: new DegenerateDataError(argument, "is all zeros: look at the picture and the model") },
    ];
  });
}

function checkOf(
  images: readonly NamedImage[],
  { rows }: SeenPictures,
  model: string,
  failed: ReadonlyMap<number, FailedPicture>,
  shared: number,
): ComparisonCheck {
  const had = new Set(rows);
  const missing = images.filter((_, row) => !had.has(row) && !failed.has(row));
  const all = `${shared} of ${images.length} pictures were seen by all`;
  const finding =
    missing.length > 0
      ? `${missing.length} of ${images.length} pictures are missing, such as ${missing[0].name}: compare on pictures that all have`
      : failed.size > 0
        ? `${all}; ${failed.size} could not be read and ${failed.size === 1 ? "was" : "were"} left out for all`
        : all;
  return { name: "the same pictures seen by all", passed: missing.length === 0, finding, model };
}
