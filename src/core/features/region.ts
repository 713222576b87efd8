/** Which patches of a picture a box covers. */
import { ArgumentError } from "../errors.js";
import type { Patches } from "../numeric/matrix.js";
import type { Picture, Region } from "../picture.js";

/**
 * The patches that a box covers: those whose centre lies inside it or, where it lies between all centres, the one
 * nearest to its own centre. What of the box reaches past the picture, or past the part that the model saw, counts for
 * nothing.
 *
 * @param patches with their picture, whose `view` says where they lie
 * @param region a box in pixels of the upright picture
 * @returns 1 where a patch is covered [rows * cols]
 * @throws ArgumentError when the patches do not know their picture, or the box is empty, lies outside the picture or
 *   outside the part that the model saw
 * @example regionPatches(patches[0], { left: 40, top: 0, width: 120, height: 80 });
 */
export function regionPatches(
  patches: Pick<Patches, "rows" | "cols"> & { picture?: Omit<Picture, "source"> },
  region: Region,
): Uint8Array {
  const { rows, cols, picture } = patches;
  if (!picture)
    throw new ArgumentError("patches", "do not know their picture, so that a box cannot be found in it: extract them");
  const box = seenPart(picture, region);
  const { view } = picture;
  const covered = new Uint8Array(rows * cols);
  const columns = centresIn(box.left - view.left, box.width, view.width / cols, cols);
  const lines = centresIn(box.top - view.top, box.height, view.height / rows, rows);
  for (const y of lines) for (const x of columns) covered[y * cols + x] = 1;
  return covered;
}

/** The part of the box that lies in the picture and in the model's view of it. */
function seenPart(picture: Omit<Picture, "source">, region: Region): Region {
  const { name, width, height, view } = picture;
  const whole = { left: 0, top: 0, width, height };
  const what = `of ${describe(region)}`;
  const sides = [region?.left, region?.top, region?.width, region?.height];
  if (!sides.every(Number.isFinite) || !(region.width > 0 && region.height > 0))
    throw new ArgumentError("region", `${what} is empty: give a box in the ${width} x ${height} pixels of ${name}`);
  const inside = common(region, whole);
  if (!inside) throw new ArgumentError("region", `${what} lies outside ${name}, which has ${width} x ${height} pixels`);
  const seen = common(inside, view);
  if (!seen)
    throw new ArgumentError(
      "region",
      `${what} lies outside what the model saw of the ${width} x ${height} pixels of ${name}, ${describe(view)}: choose a box in there, or extract with fit "letterbox" or "squash"`,
    );
  return seen;
}

function common(a: Region, b: Region): Region | undefined {
  const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
  const width = Math.min(a.left + a.width, b.left + b.width) - left;
  const height = Math.min(a.top + a.height, b.top + b.height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : undefined;
}

function describe(region: Region | undefined): string {
  const [left, top, width, height] = [region?.left, region?.top, region?.width, region?.height].map((v) =>
    typeof v === "number" ? String(Math.round(v * 10) / 10) : String(v),
  );
  return `${width} x ${height} pixels at (${left}, ${top})`;
}

/** Which of `count` cells of `size` have their centre from `start` on over `length`; else the one around the middle. */
function centresIn(start: number, length: number, size: number, count: number): number[] {
  const inside = Array.from({ length: count }, (_, i) => i).filter((i) => {
    const centre = (i + 0.5) * size;
    return centre >= start && centre < start + length;
  });
  const middle = Math.floor((start + length / 2) / size);
  return inside.length > 0 ? inside : [Math.min(count - 1, Math.max(0, middle))];
}
