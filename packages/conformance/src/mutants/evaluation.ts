import type { Backend, Evaluation } from "@nin/backend";
import { at } from "@nin/spec";
import { type Mutant, referenceWith, wrapped } from "./wrapped.js";

/** Mistakes in evaluations between steps. */
export const evaluationMutants: readonly Mutant[] = [
  {
    id: "evaluation/last-maximum",
    mistake: "of equal scores the last class is predicted",
    level: "trajectory",
    exclusive: true,
    create: () =>
      referenceWith({
        predictedClasses: ({ data }, batch) => {
          const classes = data.length / batch;
          return Array.from({ length: batch }, (_, n) => {
            const row = data.subarray(n * classes, (n + 1) * classes);
            return row.lastIndexOf(row.reduce((a, b) => Math.max(a, b)));
          });
        },
      }),
  },
  {
    id: "evaluation/confusion-transposed",
    mistake: "the confusion matrix has a row for each prediction",
    level: "trajectory",
    create: () =>
      withEvaluation((evaluation) => {
        const { confusion } = evaluation;
        const classes = Math.sqrt(confusion.length);
        const cell = (i: number): number => (i % classes) * classes + Math.floor(i / classes);
        return { ...evaluation, confusion: confusion.map((_, i) => at(confusion, cell(i))) };
      }),
  },
  {
    id: "evaluation/mean-of-losses",
    mistake: "the sum of losses is a mean",
    level: "trajectory",
    create: () =>
      withEvaluation((evaluation) => ({
        ...evaluation,
        lossSum: evaluation.lossSum / Math.max(1, evaluation.count),
      })),
  },
  {
    id: "evaluation/not-cleared",
    mistake: "evaluations add up from the session's start",
    level: "trajectory",
    create: () =>
      wrapped({
        session: (session) => {
          let images = 0;
          return {
            metrics: async () => {
              const { losses, evaluation } = await session.metrics();
              images += evaluation.count;
              return { losses, evaluation: { ...evaluation, count: images } };
            },
          };
        },
      }),
  },
  {
    id: "evaluation/counts-as-step",
    mistake: "an evaluation moves the step on",
    level: "trajectory",
    create: () =>
      wrapped({
        session: (session) => ({
          evaluate: async (batch) => {
            await session.evaluate(batch);
            const state = await session.readState();
            await session.writeState({ ...state, step: state.step + 1 });
          },
        }),
      }),
  },
  {
    id: "evaluation/forgets-velocity",
    mistake: "an evaluation clears the velocity: its buffers are used for something else",
    level: "trajectory",
    create: () =>
      wrapped({
        session: (session, { options: { optimizer } }) => ({
          evaluate: async (batch) => {
            await session.evaluate(batch);
            const state = await session.readState();
            if (optimizer.kind === "sgd") await session.writeState({ ...state, optimizer: new Map() });
          },
        }),
      }),
  },
  {
    id: "evaluation/loss-among-steps",
    mistake: "an evaluation's loss is reported among those of the steps",
    level: "trajectory",
    create: () =>
      wrapped({
        session: (session, { model }) => {
          const own: number[] = [];
          return {
            evaluate: async (batch) => {
              await session.evaluate(batch);
              own.push((await model.gradients(batch)).loss);
            },
            metrics: async () => {
              const { losses, evaluation } = await session.metrics();
              return { losses: [...losses, ...own.splice(0)], evaluation };
            },
          };
        },
      }),
  },
  {
    id: "evaluation/last-batch-only",
    mistake: "each evaluated batch replaces those before it",
    level: "trajectory",
    create: () =>
      wrapped({
        session: (session) => {
          let losses: readonly number[] = [];
          return {
            evaluate: async (batch) => {
              losses = [...losses, ...(await session.metrics()).losses];
              await session.evaluate(batch);
            },
            metrics: async () => {
              const metrics = await session.metrics();
              const all = [...losses, ...metrics.losses];
              losses = [];
              return { ...metrics, losses: all };
            },
          };
        },
      }),
  },
  {
    id: "evaluation/full-batches",
    mistake: "images count by full batches",
    level: "trajectory",
    create: () =>
      wrapped({
        session: (session, { compiled: { options } }) => {
          const { maxBatch = 128 } = options;
          return {
            metrics: async () => {
              const { losses, evaluation } = await session.metrics();
              const images = Math.ceil(evaluation.count / maxBatch) * maxBatch;
              return { losses, evaluation: { ...evaluation, count: images } };
            },
          };
        },
      }),
  },
];

/** The reference, in which evaluations are replaced when they are read. */
function withEvaluation(replace: (evaluation: Evaluation) => Evaluation): Backend {
  return wrapped({
    session: (session) => ({
      metrics: async () => {
        const { losses, evaluation } = await session.metrics();
        return { losses, evaluation: replace(evaluation) };
      },
    }),
  });
}
