/** How far pixels are from those that a model wants, and by which mistake. */
import type { PreparedPicture } from "../image/preprocess.js";
import { imagenetTransform, type Transform } from "../image/transform.js";
import type { PixelTensor } from "../model/model.js";

export interface PixelFinding {
  /** mean absolute difference of the worst picture's numbers, in the model's own units; see `pixelTolerance` */
  readonly difference: number;
  /** the worst picture */
  readonly picture: string;
  /** what was done to the numbers, where a known mistake explains them */
  readonly mistake?: string;
  /** height and width of the pixels where they are not those that were expected */
  readonly otherSize?: { readonly given: readonly [number, number]; readonly expected: readonly [number, number] };
}

/**
 * Other libraries decode and resize a little differently: sharp's own resizing differs from Pillow's by 1 to 2 levels
 * of 255 on the mean, the mistakes below by 10 and more.
 */
const mostLevels = 3;

/** The difference that passes, in the units of a model: what is a level of 255 in them depends on how it normalises. */
export function pixelTolerance({ rescale, std }: Transform): number {
  return (mostLevels * rescale * std.reduce((sum, own) => sum + 1 / own, 0)) / std.length;
}

/** The worst of the pictures. */
export function pixelDifference(
  expected: readonly PreparedPicture[],
  given: PixelTensor,
  transform: Transform,
): PixelFinding {
  const { height, width } = expected[0];
  const [, , givenHeight, givenWidth] = given.dims;
  if (givenHeight !== height || givenWidth !== width)
    return {
      difference: Number.POSITIVE_INFINITY,
      picture: expected[0].picture.name,
      otherSize: { given: [givenHeight, givenWidth], expected: [height, width] },
    };
  const size = 3 * height * width;
  const findings = expected.map(({ data, picture }, i): PixelFinding => {
    const own = given.data.subarray(i * size, (i + 1) * size);
    const difference = meanDifference(own, data);
    const mistake = difference > pixelTolerance(transform) ? mistakeIn(own, data, transform) : undefined;
    return { difference, picture: picture.name, ...(mistake === undefined ? {} : { mistake }) };
  });
  return findings.reduce(worse);
}

export function worse(a: PixelFinding | undefined, b: PixelFinding): PixelFinding {
  return a !== undefined && a.difference >= b.difference ? a : b;
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  // what is no number is as far as can be
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum / a.length;
}

type Channels = readonly [red: Float32Array, green: Float32Array, blue: Float32Array];
type Change = (right: Channels, transform: Transform) => Float32Array[];

const perChannel =
  (change: (x: number, mean: number, std: number, rescale: number) => number): Change =>
  (right, { mean, std, rescale }) =>
    right.map((channel, c) => channel.map((x) => change(x, mean[c], std[c], rescale)));

/** What is done wrong most often, as it changes numbers that were right. */
const mistakes: Readonly<Record<string, Change>> = {
  "they were normalised twice": perChannel((x, mean, std) => (x - mean) / std),
  "they were normalised twice, the second time with ImageNet's mean and deviation": (right) =>
    right.map((channel, c) => channel.map((x) => (x - imagenetTransform.mean[c]) / imagenetTransform.std[c])),
  "they were not normalised": perChannel((x, mean, std) => x * std + mean),
  "they are levels from 0 to 255, not normalised": perChannel((x, mean, std, rescale) => (x * std + mean) / rescale),
  "they were divided by 255 twice": perChannel((x, mean, std) => ((x * std + mean) / 255 - mean) / std),
  "they were normalised with mean and deviation 0.5": perChannel((x, mean, std) => (x * std + mean - 0.5) / 0.5),
  "red and blue are swapped": (right, { mean, std }) =>
    [2, 1, 0].map((from, c) => right[from].map((x) => (x * std[from] + mean[from] - mean[c]) / std[c])),
};

function mistakeIn(given: Float32Array, right: Float32Array, transform: Transform): string | undefined {
  const area = right.length / 3;
  const channels = [0, 1, 2].map((c) => right.subarray(c * area, (c + 1) * area)) as unknown as Channels;
  const tolerance = pixelTolerance(transform);
  const spread = meanDifference(given, new Float32Array(given.length));
  const explains = ([, change]: [string, Change]): boolean => {
    const wrong = new Float32Array(given.length);
    change(channels, transform).forEach((channel, c) => {
      wrong.set(channel, c * area);
    });
    // of a model that is shown levels as they are, some mistakes are none
    if (meanDifference(right, wrong) <= tolerance) return false;
    // levels from 0 to 255 differ by more than fractions do
    return meanDifference(given, wrong) <= Math.max(tolerance, 0.05 * spread);
  };
  return Object.entries(mistakes).find(explains)?.[0];
}
