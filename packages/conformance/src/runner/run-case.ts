import type { Backend, MixedFactors, Model } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import type { CaseContext, ConformanceCase, DeviceOptions } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { bareHost, type ConformanceHost, lackingFeatures } from "../case/host.js";
import { type Arithmetic, arithmeticOf, tolerances } from "../case/tolerances.js";
import type { CaseResult } from "../report/report.js";

/** For a case that hangs; generous, because machines may be busy. Units: milliseconds. */
const DEFAULT_TIMEOUT_MS = 600_000;

/** The device, the host and other settings of a case. */
export interface CaseRunOptions extends DeviceOptions {
  readonly host?: ConformanceHost;
  /** What the device's mixed precision rounds factors to; `float16` by default. */
  readonly mixedFactors?: MixedFactors;
  /** The seed of what the case samples; 0 by default. */
  readonly seed?: number;
  /** The time after which a case fails; ten minutes by default. Units: milliseconds. */
  readonly timeoutMs?: number;
  /** Why the case is expected to fail; absent where it is not. */
  readonly expectedFailure?: string;
}

/** Runs one case and disposes of every model that it compiles. Never throws: a failure is a result. */
export async function runCase(
  entry: ConformanceCase,
  backend: Backend,
  options: CaseRunOptions = {},
): Promise<CaseResult> {
  const { host = bareHost, expectedFailure } = options;
  const reason = skipReason(entry, host, arithmeticOf(options, options.mixedFactors));
  if (reason !== undefined) return { id: entry.id, status: "skipped", detail: reason, durationMs: 0 };
  const started = performance.now();
  const failure = await failureOf(entry, backend, options);
  const durationMs = performance.now() - started;
  return { id: entry.id, ...verdict(failure, expectedFailure), durationMs };
}

function skipReason(
  { needs = [], notIn = {} }: ConformanceCase,
  host: ConformanceHost,
  arithmetic: Arithmetic,
): string | undefined {
  const excluded = notIn[arithmetic];
  if (excluded !== undefined) return `not judged in mixed precision: ${excluded}`;
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
  { device, precision, convolution, threads, mixedFactors, host = bareHost, seed = 0 }: CaseRunOptions,
): CaseContext {
  const reference = createReferenceBackend();
  const options: DeviceOptions = {
    ...(device === undefined ? {} : { device }),
    ...(precision === undefined ? {} : { precision }),
    ...(convolution === undefined ? {} : { convolution }),
    ...(threads === undefined ? {} : { threads }),
  };
  const arithmetic = arithmeticOf(options, mixedFactors);
  return {
    backend,
    options,
    arithmetic,
    tolerances: tolerances[arithmetic],
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

/**
 * Waits for `work` for at most `timeoutMs`: a call that never ends must not hide the other cases.
 *
 * @throws ConformanceFailure at the deadline; anything that `work` throws
 */
export async function withDeadline<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ConformanceFailure(`not done after ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The models that a case compiles. */
export class CaseModels {
  readonly #models: Model[] = [];
  #closed = false;

  /** Keeps a model until the case ends. One that is compiled after that is disposed of at once. */
  async keep<Compiled extends Model>(compiling: Promise<Compiled>): Promise<Compiled> {
    const model = await compiling;
    if (this.#closed) {
      await model.dispose();
      throw new ConformanceFailure("the case ended before its model was compiled");
    }
    this.#models.push(model);
    return model;
  }

  /**
   * Disposes of every model, the newest first.
   *
   * @throws what the first `dispose` that failed threw
   */
  async dispose(): Promise<void> {
    this.#closed = true;
    const failures: unknown[] = [];
    for (const model of this.#models.splice(0).reverse()) {
      await model.dispose().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
