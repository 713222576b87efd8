/** The families of vision transformers that can be opened, by the `model_type` of their config.json. */
import { dino } from "./dino.js";
import { dinov2, dinov2WithRegisters } from "./dinov2.js";
import { dinov3 } from "./dinov3.js";
import type { CommonConfig, VitFamily } from "./family.js";

/** Each entry checks its own configuration, so that one type can stand for all of them. */
const all = [dino, dinov2, dinov2WithRegisters, dinov3] as unknown as VitFamily<CommonConfig>[];

export const vitFamilies: ReadonlyMap<string, VitFamily> = new Map(all.map((family) => [family.modelType, family]));

/** Whether a model's family is one of vision transformers; the others are convolutional networks and ONNX files. */
export function isTransformer({ family }: { readonly family: string }): boolean {
  return vitFamilies.has(family);
}
