import type {
  Backend,
  CompileOptions,
  Model,
  TrainingBatch,
  TrainingSession,
  TrainOptions,
} from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { referenceWith } from "./reference.js";

/** What a wrapped backend does otherwise; whatever is not named is passed on. */
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

/** A backend that passes everything on to `inner`, by default the reference, but for the changes. */
export function wrapped(changes: Changes, inner: Backend = referenceWith()): Backend {
  const plain: Backend = {
    id: inner.id,
    devices: () => inner.devices(),
    versions: () => inner.versions(),
    compile: async (architecture, options = {}) =>
      wrappedModel(await inner.compile(architecture, options), { architecture, options }, changes),
  };
  return { ...plain, ...changes.backend?.(plain) };
}

/** A session with other methods in place of its own. */
export function sessionWith(plain: TrainingSession, changes: Partial<TrainingSession>): TrainingSession {
  const session = { ...plain, ...changes };
  return { ...session, [Symbol.asyncDispose]: () => session.dispose() };
}

/** Whether a batch has labels of its own. */
export function hasLabels(batch: TrainingBatch): batch is Exclude<TrainingBatch, { indices: Uint32Array }> {
  return "labels" in batch;
}

/** A call that may fail before anyone asks for its result. */
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
