/** How a way of reading pictures stands in files. */
import { z } from "zod";
import type { Transform } from "../image/transform.js";
import type { Reading } from "./vector-space.js";

const count = z.int().min(1).max(65536);
const side = { height: count, width: count };
const triple = z.tuple([z.number(), z.number(), z.number()]).readonly();
const transformSchema: z.ZodType<Transform> = z.object({
  resize: z.discriminatedUnion("rule", [
    z.object({ rule: z.literal("short-edge"), size: count }),
    z.object({ rule: z.literal("cover"), ...side }),
    z.object({ rule: z.literal("squash"), ...side }),
    z.object({ rule: z.literal("letterbox"), ...side, fill: triple.optional() }),
  ]),
  crop: z.object(side).optional(),
  interpolation: z.enum(["bilinear", "bicubic"]),
  rescale: z.number(),
  mean: triple,
  std: triple,
});
/** What `readingToJson` writes. */
export const readingSchema: z.ZodType<Reading> = z.object({
  transform: transformSchema,
  size: z.union([count, z.tuple([count, count]).readonly()]).optional(),
  fit: z.enum(["crop", "squash", "letterbox"]).optional(),
  pooling: z.union([z.string(), z.object({ name: z.literal("gem"), p: z.number().optional() })]).optional() as never,
  background: triple.optional(),
});
