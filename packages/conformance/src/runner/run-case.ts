import type { Backend, Precision } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import type { CaseContext, ConformanceCase, DeviceOptions } from "../case.js";
import { ConformanceFailure } from "../failure.js";
import { bareHost, type ConformanceHost, lackingFeatures } from "../host.js";
import type { CaseResult } from "../report/report.js";
import { tolerances } from "../tolerances.js";
import { CaseModels } from "./case-models.js";
import { withDeadline } from "./deadline.js";

/** For a case that hangs: machines may be busy. Units: milliseconds. */
const DEFAULT_TIMEOUT_MS = 600_000;

/** Where and how a case is run. */
export interface CaseRunOptions extends DeviceOptions {
  readonly host?: ConformanceHost;
  /** 0 by default. */
  readonly seed?: number;
  /** After it a case has failed; ten minutes by default. Units: milliseconds. */
  readonly timeoutMs?: number;
  /** Why the case is expected to fail, where it is. */
  readonly expectedFailure?: string;
}

/** Runs one case and disposes of every model it compiled. Throws nothing: a failure is a result. */
export async function runCase(
  entry: ConformanceCase,
  backend: Backend,
  options: CaseRunOptions = {},
): Promise<CaseResult> {
  const { host = bareHost, expectedFailure } = options;
  const reason = skipReason(entry, host, options.precision);
  if (reason !== undefined) return { id: entry.id, status: "skipped", detail: reason, durationMs: 0 };
  const started = performance.now();
  const failure = await failureOf(entry, backend, options);
  const durationMs = performance.now() - started;
  return { id: entry.id, ...verdict(failure, expectedFailure), durationMs };
}

function skipReason(
  { needs = [], notInMixed }: ConformanceCase,
  host: ConformanceHost,
  precision: Precision | undefined,
): string | undefined {
  if (precision === "mixed" && notInMixed !== undefined)
    return `not judged in mixed precision: ${notInMixed}`;
  const lacking = lackingFeatures(host, needs);
  return lacking.length === 0 ? undefined : `this host lacks: ${lacking.join(", ")}`;
}

function verdict(
  failure: string | undefined,
  expectedFailure: string | undefined,
): Pick<CaseResult, "status" | "detail" | "reason"> {
  if (expectedFailure === undefined) {
    return failure === undefined ? { status: "passed" } : { status: "failed", detail: failure };
  }
  return failure === undefined
    ? { status: "unexpectedPass", detail: `expected to fail, and passes: ${expectedFailure}` }
    : { status: "expectedFailure", detail: `${expectedFailure} (${failure})`, reason: expectedFailure };
}

async function failureOf(
  entry: ConformanceCase,
  backend: Backend,
  { timeoutMs = DEFAULT_TIMEOUT_MS, ...options }: CaseRunOptions,
): Promise<string | undefined> {
  const models = new CaseModels();
  const deadline = <Result>(work: Promise<Result>): Promise<Result> => withDeadline(work, timeoutMs);
  const ran = await caught(() => deadline(entry.run(contextOf(backend, models, options))));
  const disposed = await caught(() => deadline(models.dispose()));
  if (ran !== undefined) return ran;
  return disposed === undefined ? undefined : `disposing of its models: ${disposed}`;
}

function contextOf(
  backend: Backend,
  models: CaseModels,
  { device, precision, threads, host = bareHost, seed = 0 }: CaseRunOptions,
): CaseContext {
  const reference = createReferenceBackend();
  const options: DeviceOptions = {
    ...(device === undefined ? {} : { device }),
    ...(precision === undefined ? {} : { precision }),
    ...(threads === undefined ? {} : { threads }),
  };
  return {
    backend,
    options,
    precision: precision ?? "f32",
    tolerances: tolerances[precision ?? "f32"],
    host,
    seed,
    compile: (architecture, given = {}) =>
      models.keep(backend.compile(architecture, { ...options, ...given })),
    oracle: (architecture, given = {}) => models.keep(reference.compile(architecture, given)),
  };
}

async function caught(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ConformanceFailure) return error.message;
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
