/** What an ONNX file gives for a plain picture: sizes that its graph leaves open, and what it does to its input. */
import { CheckpointError } from "../../errors.js";
import type { Tensor } from "../../runtime/tensor.js";
import { type InputNormalisation, measureNormalisation, plainPictures, plainPixels } from "./input-convention.js";
import { added, type OpenedFile } from "./open-file.js";
import { runFile } from "./run-file.js";

/** Side of the plain pictures where the file leaves it open: that of most networks, and a multiple of their strides. */
const usualSide = 224;
/** More pixels a run than any file needs that fixes its sizes, as 256 pictures at 256 x 256. */
const mostPixels = 2 ** 24;

export interface Probed {
  /** height and width of the plain pictures */
  size: readonly [height: number, width: number];
  /** numbers of the vector */
  dim: number;
  /** the map, when one has whole strides */
  map?: { output: string; value: string; dim: number; stride: number };
  normalisation?: InputNormalisation | "unknown";
}

/** @throws CheckpointError when the file does not run, or gives features of no use */
export async function probe(file: OpenedFile): Promise<Probed> {
  const { path, input, features, hasFirst } = file;
  const { pictures, height = usualSide, width = usualSide } = input;
  if ((pictures ?? 1) * height * width > mostPixels)
    throw new CheckpointError(
      path,
      `takes pictures of ${height} x ${width} pixels, more than can be meant: export it for 224 x 224`,
      {
        entry: input.name,
      },
    );
  const n = hasFirst ? plainPictures.length : 1;
  const data = plainPixels(height, width).subarray(0, n * 3 * height * width);
  const outputs = [
    ...(features.vector === undefined ? [] : [added.vector]),
    ...features.maps.map((_, i) => added.map(i)),
    ...(hasFirst ? [added.first] : []),
  ];
  const advice = "export it with its sizes fixed, or for any";
  const out = await runFile(file, { data, dims: [n, 3, height, width] }, { outputs, advice });
  const maps = features.maps.map((value, i) => ({ value, output: added.map(i), tensor: out[added.map(i)] }));
  const map = maps
    .map(({ tensor, ...names }) => ({ ...names, dim: tensor.dims[1], stride: strideOf(tensor.dims, height, width) }))
    .filter(({ stride }) => stride !== undefined)
    .reduce<Probed["map"]>(
      (best, one) => (best && best.stride > one.stride! ? best : (one as Probed["map"])),
      undefined,
    );
  const vector = out[added.vector];
  const dim = vector?.dims[1] ?? map?.dim;
  if (dim === undefined) throw noMap(path, maps[0].tensor, [height, width]);
  const first = hasFirst ? measureNormalisation(out[added.first]) : "nothing";
  return {
    size: [height, width],
    dim,
    ...(map ? { map } : {}),
    ...(first === "nothing" ? {} : { normalisation: first }),
  };
}

/** Pixels between neighbouring cells of a map; undefined where they are none, or not whole, or one a pixel. */
function strideOf(dims: readonly number[], height: number, width: number): number | undefined {
  const [, channels, rows, cols] = dims;
  const stride = height / rows;
  return dims.length === 4 && channels > 0 && Number.isInteger(stride) && stride > 1 && width / cols === stride
    ? stride
    : undefined;
}

function noMap(path: string, { dims }: Tensor, [height, width]: readonly number[]): CheckpointError {
  return new CheckpointError(
    path,
    `gives a map [${dims.join(", ")}] for a picture of ${height} x ${width} and no vector, where whole pixels between its cells are expected: export the network with pooled features as its output`,
  );
}
