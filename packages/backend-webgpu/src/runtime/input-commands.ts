import type { ImageFormat } from "@nin/backend";
import { type Augmentation, present } from "@nin/spec";
import { AUGMENTATION_BYTES, drawAugmentations } from "../kernels/input/augmentation.js";
import { gatherLabels, packInput } from "../kernels/input/pack-input.js";
import { preprocess } from "../kernels/input/preprocess.js";
import { unitCount, type Value } from "../layers/value.js";
import type { Command } from "../program/command.js";
import type { PersistentBuffers } from "../program/persistent-buffers.js";
import type { PreprocessingTables } from "./preprocessing.js";

/** Where a batch's images come from. */
export type InputSource = "floats" | "images" | "dataset";

/** Images in bytes, and what their preprocessing looks up. */
export interface ImageInput {
  readonly format: ImageFormat;
  readonly tables: PreprocessingTables;
}

/** What the commands work on. */
export interface InputContext {
  readonly persistent: PersistentBuffers;
  readonly microBatchSize: number;
  /** None where the model takes inputs alone. */
  readonly images: ImageInput | undefined;
  /** Of the images of the data set. */
  readonly augmentation: Augmentation | undefined;
}

/** The commands that fill a stage's input, and the labels of images of the data set. Makes the buffers that they need. */
export function inputCommands(
  source: InputSource,
  input: Value,
  { persistent, microBatchSize, images, augmentation }: InputContext,
): readonly Command[] {
  if (source === "floats") {
    persistent.ensure("floats", microBatchSize * unitCount(input) * Float32Array.BYTES_PER_ELEMENT);
    return [packInput(input, { input: { buffer: "floats" }, result: input.tensor })];
  }
  const { format, tables } = present(images, "the format of a batch of images");
  const { taps } = tables;
  persistent.ensureFilled("starts", tables.starts);
  persistent.ensureFilled("coefficients", tables.coefficients);
  persistent.ensureFilled("values", tables.values);
  const operands = {
    starts: { buffer: "starts" },
    coefficients: { buffer: "coefficients" },
    values: { buffer: "values" },
    result: input.tensor,
  } as const;
  if (source === "images") {
    persistent.ensure("images", microBatchSize * format.channels * format.height * format.width);
    // Without indices: their binding takes any buffer that is read.
    const given = { ...operands, images: { buffer: "images" }, indices: operands.starts } as const;
    return [preprocess(format, input, taps, given, { direct: true })];
  }
  const indices = { buffer: "indices" } as const;
  const kept = { ...operands, images: { buffer: "datasetImages" }, indices } as const;
  const labels = gatherLabels({ all: { buffer: "datasetLabels" }, indices, labels: { buffer: "labels" } });
  if (augmentation === undefined) return [preprocess(format, input, taps, kept, { direct: false }), labels];
  persistent.ensure("augmentations", microBatchSize * AUGMENTATION_BYTES);
  const augmentations = { buffer: "augmentations" } as const;
  return [
    drawAugmentations(augmentation, { indices, augmentations }),
    preprocess(format, input, taps, { ...kept, augmentations }, { direct: false }),
    labels,
  ];
}
