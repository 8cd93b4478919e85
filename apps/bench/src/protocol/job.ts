import type { Precision } from "@nin/backend";

/** What is measured. */
export type Mode = "train" | "forward" | "epoch";

/**
 * What a contestant is to work on: a JSON file whose path is the first argument of its process.
 * Paths are absolute.
 */
export interface Job {
  /** A `nin-architecture` file. */
  readonly architecture: string;
  /** A `nin-recipe` file: its optimizer and seed. */
  readonly recipe: string;
  /** Safetensors: the initial weights by name, `input` [N, C, H, W] and `labels` [N]. */
  readonly tensors: string;
  readonly mode: Mode;
  /** Images a step: N. */
  readonly batch: number;
  /** The first so many images are those that the gate looks at. */
  readonly gateImages: number;
  readonly threads: number;
  readonly precision: Precision;
  /** Of `epoch`: `fashion-mnist`, `synthetic` or a folder. */
  readonly data?: string;
}
