import type { Backend, LabelledBatch, Model, TrainingBatch } from "@nin/backend";
import { at, elementCount } from "@nin/spec";
import { type Changes, hasLabels, type Mutant, wrapped } from "./wrapped.js";

/** Mistakes in refusing batches and data sets that do not fit. */
export const refusedBatchMutants: readonly Mutant[] = [
  {
    id: "refusals/label-too-large",
    mistake: "a label beyond the classes is taken for the last class",
    level: "errors",
    exclusive: true,
    create: () => withLabels((label, classes) => Math.min(label, classes - 1)),
  },
  {
    id: "refusals/label-negative",
    mistake: "a negative label counts from the end",
    level: "errors",
    create: () => withLabels((label, classes) => (label < 0 ? label + classes : label)),
  },
  {
    id: "refusals/largest-batch-ignored",
    mistake: "a batch may be larger than the largest that the model was compiled for",
    level: "errors",
    create: () =>
      wrapped({
        backend: (backend) => ({
          compile: (architecture, options) => {
            const { maxBatch = 128 } = options ?? {};
            const isValid = Number.isInteger(maxBatch) && maxBatch > 0;
            return backend.compile(architecture, {
              ...options,
              maxBatch: isValid ? maxBatch + 64 : maxBatch,
            });
          },
        }),
      }),
  },
  {
    id: "refusals/shape-by-count",
    mistake: "an input of another shape with as many elements is taken",
    level: "errors",
    create: () =>
      wrapped({
        model: (model, { architecture: { input } }) => ({
          predict: (batch) => {
            if (!("input" in batch)) return model.predict(batch);
            const image = input.channels * input.height * input.width;
            const { data } = batch.input;
            if (data.length % image !== 0) return model.predict(batch);
            const shape = [data.length / image, input.channels, input.height, input.width];
            return model.predict({ input: { shape, data } });
          },
        }),
      }),
  },
  {
    id: "refusals/plain-errors",
    mistake: "refusals of batches are plain errors without a code",
    level: "errors",
    create: () =>
      withFailures((error) =>
        codeOf(error) === "NIN_BATCH" ? new Error(error instanceof Error ? error.message : "") : error,
      ),
  },
  {
    id: "refusals/step-counted",
    mistake: "a step whose batch is refused counts",
    level: "errors",
    create: () =>
      wrapped({
        session: (session) => ({
          step: async (batch, rate) => {
            try {
              await session.step(batch, rate);
            } catch (error) {
              if (codeOf(error) === "NIN_BATCH") {
                const state = await session.readState();
                await session.writeState({ ...state, step: state.step + 1 });
              }
              throw error;
            }
          },
        }),
      }),
  },
  {
    id: "refusals/last",
    mistake: "after a refusal every later call fails: the queue stays broken",
    level: "errors",
    create: () => {
      const broken = new WeakMap<object, unknown>();
      const guarded = async <Result>(owner: object, call: () => Promise<Result>): Promise<Result> => {
        if (broken.has(owner)) throw broken.get(owner);
        try {
          return await call();
        } catch (error) {
          if (codeOf(error) === "NIN_BATCH") broken.set(owner, error);
          throw error;
        }
      };
      return wrapped({
        model: (model) => ({
          predict: (batch) => guarded(model, () => model.predict(batch)),
          gradients: (batch) => guarded(model, () => model.gradients(batch)),
        }),
      });
    },
  },
  {
    id: "refusals/index-wraps",
    mistake: "an index beyond the data set wraps around",
    level: "errors",
    exclusive: true,
    create: () =>
      wrapped({
        session: (session, { options: { dataset } }) => ({
          step: (batch, rate) => {
            if (!("indices" in batch) || dataset === undefined) return session.step(batch, rate);
            return session.step(
              { indices: batch.indices.map((index) => index % dataset.labels.length) },
              rate,
            );
          },
        }),
      }),
  },
  {
    id: "refusals/data-set-unchecked",
    mistake: "labels of a data set are not checked",
    level: "errors",
    create: () =>
      wrapped({
        model: (model) => ({
          train: (options) => {
            const { dataset } = options;
            if (dataset === undefined) return model.train(options);
            const largest = classesOf(model) - 1;
            const labels = dataset.labels.map((label) => Math.min(label, largest));
            return model.train({ ...options, dataset: { ...dataset, labels } });
          },
        }),
      }),
  },
  {
    id: "refusals/nan-loss-dropped",
    mistake: "losses that are not finite are missing from the metrics",
    level: "step",
    create: () =>
      wrapped({
        session: (session) => ({
          metrics: async () => {
            const { losses, evaluation } = await session.metrics();
            return { losses: losses.filter(Number.isFinite), evaluation };
          },
        }),
      }),
  },
];

/** The reference, in which labels are changed before they are checked. */
function withLabels(other: (label: number, classes: number) => number): Backend {
  return wrapped({
    model: (model) => {
      const classes = classesOf(model);
      return { gradients: (batch) => model.gradients(relabelled(batch, (label) => other(label, classes))) };
    },
    session: (session, { model }) => {
      const classes = classesOf(model);
      const changed = <Given extends TrainingBatch>(batch: Given): Given | LabelledBatch =>
        hasLabels(batch) ? relabelled(batch, (label) => other(label, classes)) : batch;
      return {
        step: (batch, rate) => session.step(changed(batch), rate),
        evaluate: (batch) => session.evaluate(relabelled(batch, (label) => other(label, classes))),
      };
    },
  });
}

function classesOf({ layers }: Model): number {
  return elementCount(at(layers, -1).outputShape);
}

function relabelled(batch: LabelledBatch, other: (label: number) => number): LabelledBatch {
  return { ...batch, labels: Int32Array.from(batch.labels, other) };
}

/** The reference, in which errors are replaced. */
function withFailures(replace: (error: unknown) => unknown): Backend {
  const rethrow = (error: unknown): never => {
    throw replace(error);
  };
  const changes: Changes = {
    model: (model) => ({
      predict: (batch) => model.predict(batch).catch(rethrow),
      activations: (batch) => model.activations(batch).catch(rethrow),
      gradients: (batch) => model.gradients(batch).catch(rethrow),
    }),
    session: (session) => ({
      step: (batch, rate) => session.step(batch, rate).catch(rethrow),
      evaluate: (batch) => session.evaluate(batch).catch(rethrow),
    }),
  };
  return wrapped(changes);
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
