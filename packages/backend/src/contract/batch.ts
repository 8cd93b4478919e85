import type { Tensor } from "@nin/spec";

/** Preprocessed images: [N, channels, height, width]. */
export interface InputBatch {
  readonly input: Tensor;
}

/** Images as bytes, NCHW, in the model's `ImageFormat`; preprocessed on the device. */
export interface ImageBatch {
  readonly images: Uint8Array;
}

/** Positions in the data set that the session keeps on its device. */
export interface IndexBatch {
  readonly indices: Uint32Array;
}

export type Batch = InputBatch | ImageBatch;

/** One label per image, 0..classes-1. */
export type Labels = Uint8Array | Uint16Array | Int32Array;

/** For `gradients` and `evaluate`. */
export type LabelledBatch = Batch & { readonly labels: Labels };

/** For `step`; the labels of an `indices` batch are the data set's. */
export type TrainingBatch = LabelledBatch | IndexBatch;

/** Images and labels kept on a device: bytes, NCHW, in the model's `ImageFormat`. */
export interface Dataset {
  readonly images: Uint8Array;
  readonly labels: Uint8Array | Uint16Array;
}
