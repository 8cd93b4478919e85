import type { Backend, CompileOptions, ConvolutionArithmetic, Model, Precision } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import { type Architecture, shownText } from "@nin/spec";
import type { ConformanceHost, HostFeature } from "./host.js";
import type { Arithmetic, Tolerances } from "./tolerances.js";

/** What the suite checks, in the order in which it runs: a later level builds on the earlier ones. */
export const levelNames = [
  "shapes",
  "parameters",
  "forward",
  "gradients",
  "step",
  "trajectory",
  "randomness",
  "preprocessing",
  "files",
  "errors",
  "lifecycle",
  "determinism",
] as const;

export type LevelName = (typeof levelNames)[number];

/**
 * The level of a case: the first part of its id.
 *
 * @throws RangeError for an id that names no level
 */
export function levelOf(id: string): LevelName {
  const first = id.split("/")[0];
  const level = levelNames.find((name) => name === first);
  if (level !== undefined) return level;
  throw new RangeError(
    `case ${shownText(id)}: expected an id that begins with one of ${levelNames.join(", ")}`,
  );
}

/** One thing that must hold, for one set of parameters. */
export interface ConformanceCase {
  /** `forward/conv2d/asymmetric-padding:kernelSize=3x5,stride=2x1`: level, group, case, parameters. Stable. */
  readonly id: string;
  /** What is done and what must hold, as one phrase. */
  readonly plan: string;
  /** Where the expectation comes from: `oracle`, `PyTorch 2.13 float64`, `PIL`, `design rule`. */
  readonly source: string;
  /** Whether it is part of a quick run. */
  readonly quick: boolean;
  /** What the host must offer; a host that lacks any of it skips the case and says so. */
  readonly needs?: readonly HostFeature[];
  /** Why the case is skipped in an arithmetic; none by default. */
  readonly notIn?: Readonly<Partial<Record<Arithmetic, string>>>;
  /**
   * Runs the case.
   *
   * @throws ConformanceFailure that says what differed, where, by how much, and what was allowed
   */
  run(context: CaseContext): Promise<void>;
}

/** How the models under test are compiled. */
export interface DeviceOptions {
  /** The backend's own by default. */
  readonly device?: string;
  /** `f32` by default. */
  readonly precision?: Precision;
  /** `exact` by default. */
  readonly convolution?: ConvolutionArithmetic;
  /** Number of threads of a CPU device; the backend's own by default. */
  readonly threads?: number;
}

/** What a case is given to work with. */
export interface CaseContext {
  /** The backend under test. */
  readonly backend: Backend;
  readonly options: DeviceOptions;
  /** How the models under test round. */
  readonly arithmetic: Arithmetic;
  /** How far results may be from the expected ones. */
  readonly tolerances: Tolerances;
  readonly host: ConformanceHost;
  /** The seed of what a case samples beyond its fixed numbers. */
  readonly seed: number;
  /** Compiles a model on the device under test; it is disposed of when the case ends, however it ends. */
  compile(architecture: Architecture, options?: Omit<CompileOptions, "device">): Promise<Model>;
  /** Compiles the float64 reference, which is disposed of likewise. */
  oracle(architecture: Architecture, options?: CompileOptions): Promise<ReferenceModel>;
}

/** A value that is part of a case's id. */
export type CaseParameter = string | number | boolean | readonly number[];

/** `forward/conv2d/plain:kernelSize=3x5,batch=2`. */
export function caseId(
  level: LevelName,
  group: string,
  name: string,
  parameters: Readonly<Record<string, CaseParameter>> = {},
): string {
  const text = parametersText(parameters);
  return `${level}/${group}/${name}${text === "" ? "" : `:${text}`}`;
}

function parametersText(parameters: Readonly<Record<string, CaseParameter>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${typeof value === "object" ? listText(value) : value}`)
    .join(",");
}

function listText(values: readonly number[]): string {
  return values.length === 0 ? "none" : values.join("x");
}
