import type { Backend, CompileOptions, Model, Precision } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import type { ConformanceHost, HostFeature } from "./host.js";
import type { Tolerances } from "./tolerances.js";

/** One thing that must hold, for one set of parameters. */
export interface ConformanceCase {
  /** `forward/conv2d/asymmetric-padding:kernelSize=3x5,stride=2x1`: level, group, case, parameters. Stable. */
  readonly id: string;
  /** What is done and what must hold, in one line. */
  readonly plan: string;
  /** Where the expectation comes from: `oracle`, `PyTorch 2.13 float64`, `PIL`, `design rule`. */
  readonly source: string;
  /** Whether it is part of a quick run. */
  readonly quick: boolean;
  /** A host without one of these skips the case, saying so. */
  readonly needs?: readonly HostFeature[];
  /** Why it is skipped in mixed precision, where it is. */
  readonly notInMixed?: string;
  /** Throws: `ConformanceFailure` saying what differed, where, by how much, and what was allowed. */
  run(context: CaseContext): Promise<void>;
}

/** How the models under test are compiled. */
export interface DeviceOptions {
  /** By default the backend's own. */
  readonly device?: string;
  /** `f32` by default. */
  readonly precision?: Precision;
  /** Threads of a CPU device; by default the backend's own. */
  readonly threads?: number;
}

/** What a case is given to work with. */
export interface CaseContext {
  /** The one under test. */
  readonly backend: Backend;
  readonly options: DeviceOptions;
  /** Of the models under test. */
  readonly precision: Precision;
  /** What they may differ by. */
  readonly tolerances: Tolerances;
  readonly host: ConformanceHost;
  /** Of what a case draws beyond its fixed numbers. */
  readonly seed: number;
  /** Compiles on the device under test. Disposed of when the case ends, whatever happens. */
  compile(architecture: Architecture, options?: Omit<CompileOptions, "device">): Promise<Model>;
  /** Compiles the float64 reference, likewise. */
  oracle(architecture: Architecture, options?: CompileOptions): Promise<ReferenceModel>;
}
