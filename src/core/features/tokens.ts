/** The patch vectors of several images as the rows of one matrix, checked image by image. */
import { ArgumentError } from "../errors.js";
import { checkFinite, type Matrix, type Patches, stackPatches } from "../numeric/matrix.js";
import { rowLengths } from "../numeric/normalise.js";

/**
 * @returns a new matrix [sum of rows x cols, dim], image after image
 * @throws ArgumentError when there are no images; ShapeError when their patches differ in size
 * @throws NotFiniteError naming the image and its first bad patch
 */
export function patchTokens(patches: readonly Patches[]): Matrix {
  if (!Array.isArray(patches) || patches.length === 0)
    throw new ArgumentError(
      "patches",
      "must be a list with the patches of at least one image; a model whose patchDim is 0 gives none",
    );
  const tokens = stackPatches(patches);
  patches.forEach(({ data, rows, cols, dim, picture }, i) => {
    checkFinite({ data, rows: rows * cols, cols: dim }, `patches[${i}]${picture ? ` (${picture.name})` : ""}`);
  });
  return tokens;
}

/** Divides each row by its length, in place; rows of zeros stay, as networks that end in a ReLU have them. */
export function normaliseTokens(tokens: Matrix): void {
  const { data, cols } = tokens;
  rowLengths(tokens).forEach((length, i) => {
    if (length > 0) for (let j = i * cols; j < (i + 1) * cols; j++) data[j] /= length;
  });
}
