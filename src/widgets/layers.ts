/** The pictures that lie over an image's patches, one RGBA pixel a patch; the same code draws them here and in pages. */
import { countOnes } from "../core/features/mask.js";
import { magma } from "./palette.js";

/** One pixel a patch, row by row, 4 bytes a pixel. */
export type Layer = Uint8ClampedArray;

/** How much of a picture shows through where a patch is background. */
const dimming = 0.74;

/** The share of ones, 0 for an empty mask. */
export function maskShare(mask: Uint8Array): number {
  return mask.length === 0 ? 0 : countOnes(mask) / mask.length;
}

/** The first component on the magma scale. */
export function heatLayer(first: Float32Array): Layer {
  const layer = new Uint8ClampedArray(first.length * 4);
  first.forEach((value, i) => {
    layer.set(magma(value), 4 * i);
    layer[4 * i + 3] = 255;
  });
  return layer;
}

/** Darkness over the background, nothing over the foreground. */
export function dimLayer(mask: Uint8Array): Layer {
  const layer = new Uint8ClampedArray(mask.length * 4);
  mask.forEach((value, i) => {
    layer[4 * i + 3] = value ? 0 : Math.round(255 * dimming);
  });
  return layer;
}

/** The colours of the foreground's patches; the background stays clear. */
export function partLayer(rgb: Uint8Array, mask: Uint8Array): Layer {
  const layer = new Uint8ClampedArray(mask.length * 4);
  mask.forEach((value, i) => {
    layer.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    layer[4 * i + 3] = value ? 255 : 0;
  });
  return layer;
}
