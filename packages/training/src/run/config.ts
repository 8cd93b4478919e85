import type { Precision } from "@nin/backend";
import type { Architecture, Recipe } from "@nin/spec";

/** What a run was started with: `config.json`. Enough to continue it. */
export interface RunConfig {
  readonly architecture: Architecture;
  /** The effective recipe, every override applied. */
  readonly recipe: Recipe;
  readonly data: DataRecord;
  readonly backend: string;
  readonly device: string;
  readonly precision: Precision;
  /** Threads of a CPU device; null for the backend's own choice. */
  readonly threads: number | null;
  /** As in `TrainingOptions`; null for all epochs. */
  readonly maxSteps: number | null;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  /** As in `TrainingOptions`; null for the whole test set. */
  readonly evalLimit: number | null;
  /** By name: `node`, `nin`, the backend's runtime. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The data of a run, so that a resumed one is sure to see the same. */
export interface DataRecord {
  /** `fashion-mnist`, `synthetic` or an absolute path: what it is loaded by. */
  readonly source: string;
  /** As in `--limit`: the first so many training images; null for all. */
  readonly limit: number | null;
  readonly classNames: readonly string[];
  readonly train: SplitRecord;
  readonly test: SplitRecord;
}

export interface SplitRecord {
  readonly count: number;
  /** Of the images' bytes followed by the labels'. */
  readonly sha256: string;
}
