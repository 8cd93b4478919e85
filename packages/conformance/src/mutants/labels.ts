import type { Backend, Labels } from "@nin/backend";
import { type Mutant, wrapped } from "./wrapped.js";

/** Mistakes in the width of labels. */
export const labelMutants: readonly Mutant[] = [
  {
    id: "labels/resident-of-8-bits",
    mistake: "labels of the data set are kept in 8 bits",
    level: "preprocessing",
    exclusive: true,
    create: () =>
      wrapped({
        model: (model) => ({
          train: (options) => {
            const { dataset } = options;
            if (dataset === undefined || dataset.labels.some((label) => label >= 300))
              return model.train(options);
            return model.train({
              ...options,
              dataset: { ...dataset, labels: Uint8Array.from(dataset.labels) },
            });
          },
        }),
      }),
  },
  {
    id: "labels/of-8-bits-in-steps",
    mistake: "labels of a training batch are kept in 8 bits",
    level: "preprocessing",
    create: () => withLabels("step"),
  },
  {
    id: "labels/of-8-bits-in-gradients",
    mistake: "labels of a batch for gradients are kept in 8 bits",
    level: "preprocessing",
    create: () => withLabels("gradients"),
  },
  {
    id: "labels/of-8-bits-in-evaluations",
    mistake: "labels of an evaluated batch are kept in 8 bits",
    level: "preprocessing",
    create: () => withLabels("evaluate"),
  },
];

/** The reference, in which labels that some call is given lose all but 8 bits. */
function withLabels(call: "step" | "gradients" | "evaluate"): Backend {
  const narrow = <Batch extends { readonly labels: Labels }>(batch: Batch): Batch => ({
    ...batch,
    labels: batch.labels.every((label) => label >= 0 && label < 300)
      ? Uint8Array.from(batch.labels)
      : batch.labels,
  });
  return wrapped({
    model: (model) => (call === "gradients" ? { gradients: (batch) => model.gradients(narrow(batch)) } : {}),
    session: (session) => ({
      ...(call === "step"
        ? { step: (batch, place) => session.step("labels" in batch ? narrow(batch) : batch, place) }
        : {}),
      ...(call === "evaluate" ? { evaluate: (batch) => session.evaluate(narrow(batch)) } : {}),
    }),
  });
}
