const MIB = 2 ** 20;

/**
 * The most that a file of a kind may have: far above any that is meant, far below what fills a machine's memory.
 * Units: bytes.
 */
export const SIZE_LIMITS = {
  /** JSON that a person writes: an architecture, a recipe, a study. */
  settings: 16 * MIB,
  /** JSON that this project writes: a saved conformance run, a benchmark's result, a run's configuration. */
  record: 64 * MIB,
  /** `metrics.jsonl`. */
  metrics: 512 * MIB,
  /** Weights and optimizer state. */
  tensors: 2048 * MIB,
  /** A file of a data set, packed or not. */
  dataset: 2048 * MIB,
} as const;

/** A kind of file that has a size limit. */
export type FileKind = keyof typeof SIZE_LIMITS;
