import type { Architecture, Recipe } from "@nin/spec";
import type { KeptTensor } from "./kept-tensor.js";

/** What `tools/pytorch/conformance_fixtures.py` keeps of a network in PyTorch's float64. */
export interface PyTorchFixture {
  /** Versions, and the script that wrote it. */
  readonly about: string;
  readonly architecture: Architecture;
  readonly data: DrawnData;
  /** `full` networks have too many values to be away from every kink. */
  readonly size: "small" | "full";
  /** Of the batch, as the reference defines it; none where windows have equal maxima. */
  readonly margin: number | undefined;
  /** Each layer's output by name: `net.0`. */
  readonly activations: ReadonlyMap<string, KeptTensor>;
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, KeptTensor>;
  /** How far PyTorch's own float32 is from it. */
  readonly float32: NetworkDifferences;
  readonly runs: readonly FixtureRun[];
}

/** From what a fixture's weights, input and labels are drawn. */
export interface DrawnData {
  readonly seed: number;
  /** Images in the batch. */
  readonly batch: number;
  /** `integers`: small ones, so that windows have equal maxima. */
  readonly values: "uniform" | "integers";
  readonly init: Recipe["init"];
}

/** Relative L2 of each tensor, and the loss's relative difference. */
export interface NetworkDifferences {
  readonly activations: ReadonlyMap<string, number>;
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, number>;
}

/** A training run on drawn images, from the recipe's own initial weights. */
export interface FixtureRun {
  /** `sgd-momentum`. */
  readonly id: string;
  readonly recipe: Recipe;
  /** In the data set. */
  readonly images: number;
  /** Whether batches are given as positions in the data set, or as bytes. */
  readonly batches: "indices" | "images";
  readonly steps: number;
  /** The smallest of all steps' batches. */
  readonly margin: number;
  /** Before each step's update, dropout on. */
  readonly losses: readonly number[];
  /** Scores of all images after the last step. */
  readonly logits: KeptTensor;
  /** `w_K - w_0` of each parameter. */
  readonly updates: ReadonlyMap<string, KeptTensor>;
  /** The largest differences of runs whose weights were moved by 2^-23 of themselves. */
  readonly spread: RunDifferences;
  /** How far PyTorch's own float32 is from it. */
  readonly float32: RunDifferences;
}

/** Each loss's relative difference; relative L2 of the logits and of each update. */
export interface RunDifferences {
  readonly losses: readonly number[];
  readonly logits: number;
  readonly updates: ReadonlyMap<string, number>;
}
