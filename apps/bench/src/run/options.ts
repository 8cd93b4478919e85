import type { Precision } from "@nin/backend";
import type { DownloadProgress } from "@nin/data/node";
import type { Architecture } from "@nin/spec";
import type { Mode } from "../protocol/job.js";
import type { BenchProgress } from "../cases/case-context";

/** A network by the name it is told by. */
export interface NamedModel {
  readonly name: string;
  readonly architecture: Architecture;
}

/** What is measured beside the cases' modes. */
export type Section = Mode | "accuracy" | "layers";

export interface BenchOptions {
  /** Two minutes instead of fifteen, and a small network. */
  readonly quick?: boolean;
  /** `ID` or `ID:DEVICE`; by default every usable device of every backend. */
  readonly backends?: readonly string[];
  /** By default `nin` and `nin-mnist`, or `nin-mnist` where it is quick. */
  readonly models?: readonly NamedModel[];
  readonly batches?: readonly number[];
  readonly sections?: readonly Section[];
  readonly precisions?: readonly Precision[];
  /** A built-in recipe, for its optimizer and initial weights; `d2l` by default. */
  readonly recipe?: string;
  /** Of `epoch` and `accuracy`; `synthetic` by default. */
  readonly data?: string;
  /** Of each contestant; all of the machine's by default. */
  readonly threads?: number;
  /** A Python with PyTorch, JAX or TensorFlow: those it has are measured too. */
  readonly python?: string;
  /** A folder where TensorFlow.js is installed: hand-written programs on it are measured too. */
  readonly tfjs?: string;
  /** For the whole run. Units: ms. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchProgress) => void;
  /** Given the progress of a download, where `data` is fetched. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}
