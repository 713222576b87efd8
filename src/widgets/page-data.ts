/** What figures hand to the page's script: JSON, with arrays as base64 of little-endian numbers. */
import type { ColourRule } from "../core/features/colours.js";
import type { Category } from "./categories.js";

/** A matrix whose columns run from `low` to `high` in 65,535 steps of 16 bits, half the size of float32. */
export interface PackedMatrix {
  /** 16-bit numbers */
  data: string;
  cols: number;
  low: number[];
  high: number[];
}

export interface PatchMapData {
  threshold: number;
  edges: number[];
  counts: number[];
  colours: ColourRule;
  grids: { rows: number; cols: number }[];
  /** float32, one a patch, picture after picture */
  first: string;
  /** bytes, one a patch */
  mask: string;
  /** bytes, three a patch */
  rgb: string;
  scores: PackedMatrix;
  /** the patches' leading coordinates, where the page may run the second step again */
  tokens?: PackedMatrix;
}

export interface EmbeddingMapData {
  /** float32, x and y of each point */
  points: string;
  /** 16-bit places in `categories` */
  category: string;
  categories: Category[];
  /** empty where there are no pictures */
  names: string[];
  sheet?: { tile: number; columns: number /** bytes, 1 where there is a picture */; present: string };
}
