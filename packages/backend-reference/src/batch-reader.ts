import {
  type Batch,
  type BatchLimits,
  batchLimits,
  checkBatch,
  checkLabels,
  type ImageFormat,
  type LabelledBatch,
  type Labels,
} from "@nin/backend";
import { type Architecture, elementCount } from "@nin/spec";
import type { Network } from "./network/network.js";
import type { ReferenceParts } from "./reference-parts.js";
import { copyTensor, type Tensor64 } from "./tensors/tensor64.js";

/** A batch with labels, as the network takes it. */
export interface LabelledInput {
  readonly input: Tensor64;
  readonly labels: Labels;
}

/** Checks batches and turns them into a network's input. */
export interface BatchReader {
  readonly limits: BatchLimits;
  /** Shapes: [N, C, H, W]. Throws: `BatchError`. */
  input(batch: Batch): Tensor64;
  /** Throws: `BatchError`. */
  labelled(batch: LabelledBatch): LabelledInput;
}

/** How batches are read: how large they may be, what their images are, and with which math. */
export interface BatchOptions {
  readonly maxBatch: number;
  readonly imageFormat?: ImageFormat;
  readonly parts: ReferenceParts;
}

/** A reader for the batches of one network. */
export function createBatchReader(
  architecture: Architecture,
  network: Network,
  options: BatchOptions,
): BatchReader {
  const { input } = architecture;
  const { imageFormat: images, parts } = options;
  const classes = elementCount(network.layers.at(-1)?.outputShape ?? []);
  const limits: BatchLimits = batchLimits(architecture, options, classes);
  const read = (batch: Batch): Tensor64 => {
    checkBatch(batch, limits);
    if ("input" in batch) return copyTensor(batch.input);
    // Without a format, `checkBatch` has refused the batch.
    return parts.preprocess(batch.images, images ?? neverReached(), input);
  };
  return {
    limits,
    input: read,
    labelled: (batch) => {
      const checked = read(batch);
      checkLabels(batch.labels, checked.shape[0] ?? 0, limits.classes);
      return { input: checked, labels: batch.labels };
    },
  };
}

function neverReached(): never {
  throw new Error("reference: images without a format passed the check");
}
