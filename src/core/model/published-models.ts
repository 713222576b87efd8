/**
 * The published checkpoints that load by name, one row a model.
 *
 * Parameters in millions as the authors give them, but for the bundled model. Bytes are those of the weights' file to
 * three digits: of DINO, DINOv2 and the bundled model as the Hub and this disk show them, of the others four for each
 * parameter of the architecture, as float32 takes. Accuracies are top-1 on ImageNet-1k's validation set in percent;
 * what the authors do not publish is left out.
 */

export interface Paper {
  title: string;
  arxiv: string;
}

/** Frozen features under a classifier, in percent, as the source says. */
export interface PublishedAccuracy {
  /** k nearest neighbours of the class token */
  knn?: number;
  /** linear classifier */
  linear?: number;
  /** linear classifier scored with the cleaned "ReaL" labels, which give higher figures: not to be compared with `linear` */
  linearReal?: number;
  /** trained with ImageNet's labels from end to end, so no measure of features */
  supervised?: number;
  source: string;
}

export interface CatalogueEntry {
  name: string;
  /** heading under which a list shows it */
  family: string;
  /** name on the Hugging Face Hub, for models that do not ship with the project */
  hubId?: string;
  /** the commit to take, where the main branch holds no safetensors file */
  revision?: string;
  /** the authors' own name for it in torch.hub, which is understood too */
  torchHub?: string;
  paper: Paper;
  /** SPDX name, or the name of the licence */
  licence: string;
  /** whether the Hub gives it only to those who have accepted its licence */
  gated: boolean;
  /** millions of parameters */
  parameters: number;
  /** numbers in an image's vector */
  dim: number;
  /** pixels a patch */
  patchSize: number;
  /** the weights' file, about */
  bytes: number;
  /** how it was trained */
  training: "self-supervised" | "supervised";
  accuracy: PublishedAccuracy;
}

type Row = [name: string, parameters: number, dim: number, patchSize: number, bytes: number];

const dino = {
  family: "DINO",
  paper: { title: "Emerging Properties in Self-Supervised Vision Transformers", arxiv: "2104.14294" },
  licence: "Apache-2.0",
  gated: false,
  training: "self-supervised",
} as const;

/**
 * Of ViT-S/16 and ViT-B/16, the main branch holds only a pickle; the commits are those in which the Hub's conversion
 * bot (SFconvertbot) added model.safetensors, in pull requests 1 and 7 of the two repositories.
 */
const dinoRows: [...Row, torchHub: string, knn: number, linear: number, revision?: string][] = [
  ["vits16", 21, 384, 16, 86_700_000, "dino_vits16", 74.5, 77.0, "a7a4d161f5c0bd70478c05ca5777ec7cd8848021"],
  ["vits8", 21, 384, 8, 86_700_000, "dino_vits8", 78.3, 79.7],
  ["vitb16", 85, 768, 16, 343_000_000, "dino_vitb16", 76.1, 78.2, "a77533c84408875b30b5e8beb766c82a5be82bf4"],
  ["vitb8", 85, 768, 8, 343_000_000, "dino_vitb8", 77.4, 80.1],
];

const dinov2 = {
  family: "DINOv2",
  paper: { title: "DINOv2: Learning Robust Visual Features without Supervision", arxiv: "2304.07193" },
  licence: "Apache-2.0",
  gated: false,
  training: "self-supervised",
} as const;

const registers = {
  ...dinov2,
  family: "DINOv2 with registers",
  paper: { title: "Vision Transformers Need Registers", arxiv: "2309.16588" },
} as const;

const dinov2Rows: [...Row, torchHub: string, knn: number, linear: number][] = [
  ["small", 21, 384, 14, 88_200_000, "dinov2_vits14", 79.0, 81.1],
  ["base", 86, 768, 14, 346_000_000, "dinov2_vitb14", 82.1, 84.5],
  ["large", 300, 1024, 14, 1_220_000_000, "dinov2_vitl14", 83.5, 86.3],
  ["giant", 1100, 1536, 14, 4_550_000_000, "dinov2_vitg14", 83.5, 86.5],
];

const registersRows: typeof dinov2Rows = [
  ["small", 21, 384, 14, 88_200_000, "dinov2_vits14_reg", 79.1, 80.9],
  ["base", 86, 768, 14, 346_000_000, "dinov2_vitb14_reg", 82.0, 84.6],
  ["large", 300, 1024, 14, 1_220_000_000, "dinov2_vitl14_reg", 83.8, 86.7],
  ["giant", 1100, 1536, 14, 4_550_000_000, "dinov2_vitg14_reg", 83.7, 87.1],
];

const dinov3 = {
  family: "DINOv3",
  paper: { title: "DINOv3", arxiv: "2508.10104" },
  licence: "DINOv3 License",
  gated: true,
  training: "self-supervised",
} as const;

/** The authors give no k-NN figures, and for the distilled models only those by ReaL labels, which all six have. */
const dinov3Rows: [...Row, torchHub: string, linearReal: number][] = [
  ["vits16", 21, 384, 16, 86_400_000, "dinov3_vits16", 87.0],
  ["vits16plus", 29, 384, 16, 115_000_000, "dinov3_vits16plus", 88.0],
  ["vitb16", 86, 768, 16, 343_000_000, "dinov3_vitb16", 89.3],
  ["vitl16", 300, 1024, 16, 1_210_000_000, "dinov3_vitl16", 90.2],
  ["vith16plus", 840, 1280, 16, 3_360_000_000, "dinov3_vith16plus", 90.3],
  ["vit7b16", 6716, 4096, 16, 26_900_000_000, "dinov3_vit7b16", 90.4],
];

export const publishedModels: readonly CatalogueEntry[] = [
  {
    name: "efficientnet-lite0",
    family: "EfficientNet-Lite",
    paper: { title: "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", arxiv: "1905.11946" },
    licence: "Apache-2.0",
    gated: false,
    // without the classifier, which is not in the file; the authors' table says 4.7 with it
    parameters: 3.4,
    dim: 1280,
    patchSize: 32,
    bytes: 6_807_577,
    training: "supervised",
    accuracy: { supervised: 75.1, source: "tensorflow/tpu, models/official/efficientnet/lite/README.md" },
  },
  ...dinoRows.map(
    ([name, parameters, dim, patchSize, bytes, torchHub, knn, linear, revision]): CatalogueEntry => ({
      ...{ name: `dino-${name}`, ...dino, hubId: `facebook/dino-${name}`, ...(revision ? { revision } : {}), torchHub },
      ...{ parameters, dim, patchSize, bytes },
      accuracy: { knn, linear, source: "facebookresearch/dino, README.md, pretrained models" },
    }),
  ),
  ...[
    { prefix: "dinov2", family: dinov2, rows: dinov2Rows },
    { prefix: "dinov2-with-registers", family: registers, rows: registersRows },
  ].flatMap(({ prefix, family, rows }) =>
    rows.map(
      ([name, parameters, dim, patchSize, bytes, torchHub, knn, linear]): CatalogueEntry => ({
        ...{ name: `${prefix}-${name}`, ...family, hubId: `facebook/${prefix}-${name}`, torchHub },
        ...{ parameters, dim, patchSize, bytes },
        accuracy: { knn, linear, source: "facebookresearch/dinov2, README.md, pretrained models" },
      }),
    ),
  ),
  ...dinov3Rows.map(
    ([name, parameters, dim, patchSize, bytes, torchHub, linearReal]): CatalogueEntry => ({
      ...{ name: `dinov3-${name}`, ...dinov3, hubId: `facebook/dinov3-${name}-pretrain-lvd1689m`, torchHub },
      ...{ parameters, dim, patchSize, bytes },
      accuracy: { linearReal, source: "facebookresearch/dinov3, MODEL_CARD.md, IN-ReaL" },
    }),
  ),
];
