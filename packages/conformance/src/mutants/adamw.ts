import { referenceParts } from "@nin/backend-reference/parts";
import { at, entry } from "@nin/spec";
import { adamwDirection, adamwWith, stepCounter, withChangedOptimizer } from "./optimizer-formulas.js";
import { type Mutant, referenceWith } from "./wrapped.js";

/** Mistakes in AdamW. */
export const adamwMutants: readonly Mutant[] = [
  {
    id: "adamw/coupled-decay",
    mistake: "weight decay is added to the gradient (Adam with L2)",
    level: "step",
    create: () =>
      referenceWith({
        stepOptimizer: (optimizer, parameters, gradients, ...rest) => {
          if (optimizer.kind === "adamw") {
            for (const [name, { data }] of gradients) {
              const w = entry(parameters, name).data;
              data.forEach((g, i) => {
                data[i] = g + optimizer.weightDecay * at(w, i);
              });
            }
          }
          const coupled = optimizer.kind === "adamw" ? { ...optimizer, weightDecay: 0 } : optimizer;
          referenceParts.stepOptimizer(coupled, parameters, gradients, ...rest);
        },
      }),
  },
  {
    id: "adamw/decay-without-rate",
    mistake: "weight decay is not multiplied by the learning rate",
    level: "step",
    create: () =>
      adamwWith(
        (weight, optimizer) =>
          weight.w * (1 - optimizer.weightDecay) - weight.learningRate * adamwDirection(weight, optimizer),
      ),
  },
  {
    id: "adamw/second-moment-uncorrected",
    mistake: "the second moment is not corrected for bias",
    level: "step",
    create: () =>
      adamwWith(({ w, m, v, t, learningRate }, { beta1, epsilon, weightDecay }) => {
        const direction = m / (1 - beta1 ** t) / (Math.sqrt(v) + epsilon);
        return w * (1 - learningRate * weightDecay) - learningRate * direction;
      }),
  },
  {
    id: "adamw/first-step-correction",
    mistake: "bias is corrected as in the first step, in every step",
    level: "step",
    create: () =>
      adamwWith((weight, optimizer) => {
        const { w, learningRate } = weight;
        const direction = adamwDirection({ ...weight, t: 1 }, optimizer);
        return w * (1 - learningRate * optimizer.weightDecay) - learningRate * direction;
      }),
  },
  {
    id: "adamw/ten-corrections",
    mistake: "a table of corrections has ten entries: later steps take the tenth",
    level: "trajectory",
    create: () =>
      adamwWith((weight, optimizer) => {
        const { w, learningRate } = weight;
        const direction = adamwDirection({ ...weight, t: Math.min(weight.t, 10) }, optimizer);
        return w * (1 - learningRate * optimizer.weightDecay) - learningRate * direction;
      }),
  },
  {
    id: "adamw/epsilon-inside-root",
    mistake: "epsilon is added inside the square root",
    level: "step",
    create: () =>
      adamwWith(({ w, m, v, t, learningRate }, { beta1, beta2, epsilon, weightDecay }) => {
        const direction = m / (1 - beta1 ** t) / Math.sqrt(v / (1 - beta2 ** t) + epsilon);
        return w * (1 - learningRate * weightDecay) - learningRate * direction;
      }),
  },
  {
    id: "adamw/epsilon-fixed",
    mistake: "epsilon is always 1e-8",
    level: "step",
    exclusive: true,
    create: () =>
      withChangedOptimizer((optimizer) =>
        optimizer.kind === "adamw" ? { ...optimizer, epsilon: 1e-8 } : optimizer,
      ),
  },
  {
    id: "adamw/beta2-fixed",
    mistake: "beta2 is always 0.999",
    level: "step",
    create: () =>
      withChangedOptimizer((optimizer) =>
        optimizer.kind === "adamw" ? { ...optimizer, beta2: 0.999 } : optimizer,
      ),
  },
  {
    id: "adamw/decay-after-update",
    mistake: "the weight is decayed after its update",
    level: "step",
    create: () =>
      adamwWith((weight, optimizer) => {
        const { w, learningRate } = weight;
        const updated = w - learningRate * adamwDirection(weight, optimizer);
        return updated * (1 - learningRate * optimizer.weightDecay);
      }),
  },
  {
    id: "adamw/count-restarted",
    mistake: "bias corrections count the session's own steps, not the run's",
    level: "files",
    create: () => {
      const count = stepCounter();
      return referenceWith({
        stepOptimizer: (optimizer, parameters, gradients, state, { learningRate }) =>
          referenceParts.stepOptimizer(optimizer, parameters, gradients, state, {
            learningRate,
            step: count(state),
          }),
      });
    },
  },
];
