import type {
  Backend,
  CompileOptions,
  Model,
  TrainingBatch,
  TrainingSession,
  TrainOptions,
} from "@nin/backend";
import { createReferenceBackend, type ReferenceOptions } from "@nin/backend-reference";
import type { ReferenceParts } from "@nin/backend-reference/parts";
import type { Architecture } from "@nin/spec";
import type { LevelName } from "../case/case.js";
import { createMixedReference, type MixedOptions } from "../sampling/rounded-reference.js";

/** A backend with one deliberate mistake, which the suite must catch. */
export interface Mutant {
  /** Subject and mistake: `max-pool2d/ties-last`. */
  readonly id: string;
  /** What is wrong, as one phrase. */
  readonly mistake: string;
  /** The level that must catch it. */
  readonly level: LevelName;
  /** Marks mutants that no quick case of another level catches, which a test verifies; every level has at least two. */
  readonly exclusive?: true;
  create(): Backend;
}

/**
 * The reference with parts replaced, that also compiles for mixed precision: with the factors of products
 * rounded to float16, or as `options` say.
 */
export function referenceWith(parts: ReferenceOptions = {}, options?: MixedOptions): Backend {
  const exact = createReferenceBackend(parts);
  const mixed = createMixedReference(options, parts);
  return {
    ...exact,
    compile: (architecture, { precision, ...options } = {}) =>
      (precision === "mixed" ? mixed : exact).compile(architecture, options),
  };
}

/** What a wrapped backend does differently. Everything else is passed on. */
export interface Changes {
  readonly backend?: (inner: Backend) => Partial<Backend>;
  readonly model?: (inner: Model, compiled: Compiled) => Partial<Model>;
  readonly session?: (inner: TrainingSession, training: Training) => Partial<TrainingSession>;
}

/** What a model was compiled from. */
export interface Compiled {
  readonly architecture: Architecture;
  readonly options: CompileOptions;
}

/** What a session trains. */
export interface Training {
  /** The wrapped model. */
  readonly model: Model;
  readonly options: TrainOptions;
  readonly compiled: Compiled;
}

/** A backend that passes everything except the changes on to `inner`, which is the reference by default. */
export function wrapped(changes: Changes, inner: Backend = referenceWith()): Backend {
  const plain: Backend = {
    id: inner.id,
    devices: () => inner.devices(),
    versions: (device) => inner.versions(device),
    compile: async (architecture, options = {}) =>
      wrappedModel(await inner.compile(architecture, options), { architecture, options }, changes),
  };
  return { ...plain, ...changes.backend?.(plain) };
}

/** A session in which some methods are replaced. */
export function sessionWith(plain: TrainingSession, changes: Partial<TrainingSession>): TrainingSession {
  const session = { ...plain, ...changes };
  return { ...session, [Symbol.asyncDispose]: () => session.dispose() };
}

/** Whether a batch has labels of its own. */
export function hasLabels(batch: TrainingBatch): batch is Exclude<TrainingBatch, { indices: Uint32Array }> {
  return "labels" in batch;
}

/** A call whose failure must not end the process before its result is awaited. */
export function inBackground<Result>(call: Promise<Result>): Promise<Result> {
  call.catch(() => undefined);
  return call;
}

function wrappedModel(inner: Model, compiled: Compiled, changes: Changes): Model {
  const plain: Model = {
    layers: inner.layers,
    readParameters: () => inner.readParameters(),
    writeParameters: (parameters) => inner.writeParameters(parameters),
    predict: (batch) => inner.predict(batch),
    activations: (batch) => inner.activations(batch),
    gradients: (batch) => inner.gradients(batch),
    train: async (options) => {
      const session = await inner.train(options);
      return wrappedSession(session, { model: inner, options, compiled }, changes);
    },
    dispose: () => inner.dispose(),
    [Symbol.asyncDispose]: () => inner.dispose(),
  };
  const model = { ...plain, ...changes.model?.(plain, compiled) };
  return { ...model, [Symbol.asyncDispose]: () => model.dispose() };
}

function wrappedSession(inner: TrainingSession, training: Training, changes: Changes): TrainingSession {
  const plain: TrainingSession = {
    step: (batch, options) => inner.step(batch, options),
    evaluate: (batch) => inner.evaluate(batch),
    metrics: () => inner.metrics(),
    readState: () => inner.readState(),
    writeState: (state) => inner.writeState(state),
    dispose: () => inner.dispose(),
    [Symbol.asyncDispose]: () => inner.dispose(),
  };
  return sessionWith(plain, changes.session?.(plain, training) ?? {});
}

/** The reference, with parts that depend on what a model is compiled from. */
export function withPartsPerModel(
  parts: (options: CompileOptions, architecture: Architecture) => Partial<ReferenceParts>,
): Backend {
  return wrapped({
    backend: () => ({
      compile: (architecture, options = {}) =>
        referenceWith(parts(options, architecture)).compile(architecture, options),
    }),
  });
}

/** The value truncated to bfloat16: a float32 without the last 16 bits of its fraction. */
export function toBfloat16(value: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  bits.setUint16(2, 0);
  return bits.getFloat32(0);
}
