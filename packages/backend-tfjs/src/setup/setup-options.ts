import type { TensorFlowVariant } from "./installed.js";

/** What is being done, for a person. */
export interface SetupProgress {
  readonly step: number;
  readonly steps: number;
  readonly doing: string;
}

export interface SetupOptions {
  /** By default CUDA where an NVIDIA card is, else the processor's. */
  readonly variant?: TensorFlowVariant;
  /** The user's cache folder for NiN. */
  readonly cache?: string;
  /** Of the programs that are run: `PATH`, `CXX`, mirrors of pip and npm. */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SetupProgress) => void;
}
