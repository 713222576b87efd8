/** A convolutional network's feature maps as patches. */
import type { Patches } from "../numeric/matrix.js";
import type { Tensor } from "../runtime/tensor.js";

/** Turns a [n, channels, rows, cols] map into the cells of each image, one after the other. */
export function cellsOf({ data, dims: [n, dim, rows, cols] }: Tensor<Float32Array>): Patches[] {
  const cells = rows * cols;
  return Array.from({ length: n }, (_, image) => {
    const map = data.subarray(image * dim * cells, (image + 1) * dim * cells);
    const patches = new Float32Array(cells * dim);
    for (let d = 0; d < dim; d++) for (let c = 0; c < cells; c++) patches[c * dim + d] = map[d * cells + c];
    return { data: patches, rows, cols, dim };
  });
}
