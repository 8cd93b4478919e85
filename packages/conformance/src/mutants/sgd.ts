import { referenceParts } from "@nin/backend-reference/parts";
import { at, entry } from "@nin/spec";
import { sgdWith, withChangedOptimizer } from "./optimizer-formulas.js";
import { type Mutant, referenceWith, wrapped } from "./wrapped.js";

/** Mistakes in SGD. */
export const sgdMutants: readonly Mutant[] = [
  {
    id: "sgd/dampening",
    mistake: "the velocity is an average: v = momentum*v + (1-momentum)*g",
    level: "step",
    create: () =>
      sgdWith(({ w, g, v, learningRate }, { momentum, weightDecay }) => {
        const decayed = g + weightDecay * w;
        const velocity = v === undefined ? decayed : momentum * v + (1 - momentum) * decayed;
        return { v: velocity, w: w - learningRate * velocity };
      }),
  },
  {
    id: "sgd/nesterov",
    mistake: "Nesterov's momentum: w -= learningRate*(g + momentum*v)",
    level: "step",
    create: () =>
      sgdWith(({ w, g, v = 0, learningRate }, { momentum, weightDecay }) => {
        const decayed = g + weightDecay * w;
        const velocity = momentum * v + decayed;
        return { v: velocity, w: w - learningRate * (decayed + momentum * velocity) };
      }),
  },
  {
    id: "sgd/decay-after-momentum",
    mistake: "weight decay is added after the momentum, so that the velocity does not hold it",
    level: "step",
    create: () =>
      sgdWith(({ w, g, v = 0, learningRate }, { momentum, weightDecay }) => {
        const velocity = momentum * v + g;
        return { v: velocity, w: w - learningRate * (velocity + weightDecay * w) };
      }),
  },
  {
    id: "sgd/biases-not-decayed",
    mistake: "weight decay skips the biases",
    level: "step",
    create: () =>
      sgdWith(({ w, g, v = 0, learningRate, isBias }, { momentum, weightDecay }) => {
        const velocity = momentum * v + g + (isBias ? 0 : weightDecay * w);
        return { v: velocity, w: w - learningRate * velocity };
      }),
  },
  {
    id: "sgd/decay-needs-momentum",
    mistake: "weight decay is ignored where there is no momentum",
    level: "step",
    exclusive: true,
    create: () =>
      withChangedOptimizer((optimizer) =>
        optimizer.kind === "sgd" && optimizer.momentum === 0 ? { ...optimizer, weightDecay: 0 } : optimizer,
      ),
  },
  {
    id: "sgd/velocity-holds-rate",
    mistake: "the velocity holds the learning rate: v = momentum*v + learningRate*g, w -= v",
    level: "step",
    create: () =>
      sgdWith(({ w, g, v = 0, learningRate }, { momentum, weightDecay }) => {
        const velocity = momentum * v + learningRate * (g + weightDecay * w);
        return { v: velocity, w: w - velocity };
      }),
  },
  {
    id: "sgd/previous-gradient",
    mistake:
      "momentum is applied to the previous gradient, not to the velocity: wrong from the third step on",
    level: "trajectory",
    create: () => {
      const gradients = new WeakMap<Float64Array, Float64Array>();
      return referenceWith({
        stepOptimizer: (optimizer, parameters, given, state, position) => {
          for (const [name, { data }] of parameters) {
            const [last, velocity] = [gradients.get(data), state.get(`velocity.${name}`)];
            if (last !== undefined) velocity?.data.set(last);
            const g = entry(given, name).data;
            const decay = optimizer.weightDecay;
            gradients.set(
              data,
              data.map((w, i) => at(g, i) + decay * w),
            );
          }
          referenceParts.stepOptimizer(optimizer, parameters, given, state, position);
        },
      });
    },
  },
  {
    id: "sgd/late-rate",
    mistake: "the schedule is off by one: each step takes the rate of the step before it",
    level: "step",
    create: () =>
      wrapped({
        session: (session) => {
          let previous: number | undefined;
          return {
            step: (batch, { learningRate }) => {
              const late = previous ?? learningRate;
              previous = learningRate;
              return session.step(batch, { learningRate: late });
            },
          };
        },
      }),
  },
  {
    id: "sgd/own-rate",
    mistake: "the optimizer's base learning rate is used instead of the step's own",
    level: "step",
    create: () =>
      referenceWith({
        stepOptimizer: (optimizer, parameters, gradients, state, { step }) =>
          referenceParts.stepOptimizer(optimizer, parameters, gradients, state, {
            learningRate: optimizer.learningRate,
            step,
          }),
      }),
  },
];
