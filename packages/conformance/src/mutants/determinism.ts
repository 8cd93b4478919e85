import { at, type Tensor } from "@nin/spec";
import { type Mutant, wrapped } from "./wrapped.js";

/** Results that differ from one time to the next by less than any tolerance. */
export const determinismMutants: readonly Mutant[] = [
  {
    id: "determinism/sums-in-any-order",
    mistake: "scores differ by a rounding from call to call, as sums by atomic additions do",
    level: "determinism",
    create: () => {
      const nudged = nudger();
      return wrapped({
        model: (model) => ({
          predict: async (batch) => nudged(await model.predict(batch)),
        }),
      });
    },
  },
  {
    id: "determinism/gradients",
    mistake: "gradients differ by a rounding from call to call",
    level: "determinism",
    exclusive: true,
    create: () => {
      const nudged = nudger();
      return wrapped({
        model: (model) => ({
          gradients: async (batch) => {
            const { loss, gradients } = await model.gradients(batch);
            return {
              loss,
              gradients: new Map([...gradients].map(([name, g]) => [name, nudged(g)] as const)),
            };
          },
        }),
      });
    },
  },
  {
    id: "determinism/activations",
    mistake: "activations differ by a rounding from call to call",
    level: "determinism",
    create: () => {
      const nudged = nudger();
      return wrapped({
        model: (model) => ({
          activations: async (batch) => {
            const activations = await model.activations(batch);
            return new Map([...activations].map(([name, y]) => [name, nudged(y)] as const));
          },
        }),
      });
    },
  },
  {
    id: "determinism/loss",
    mistake: "the loss that is returned with the gradients differs by a rounding from call to call",
    level: "determinism",
    exclusive: true,
    create: () => {
      const nudged = nudger();
      return wrapped({
        model: (model) => ({
          gradients: async (batch) => {
            const { loss, gradients } = await model.gradients(batch);
            const { data } = nudged({ shape: [1], data: Float64Array.of(loss) });
            return { loss: at(data, 0), gradients };
          },
        }),
      });
    },
  },
  {
    id: "determinism/steps",
    mistake: "the same step twice from the same state gives weights that differ by a rounding",
    level: "determinism",
    create: () => {
      const nudged = nudger();
      return wrapped({
        session: (session) => ({
          step: async (batch, rate) => {
            await session.step(batch, rate);
            const state = await session.readState();
            const parameters = [...state.parameters].map(([name, w]) => [name, nudged(w)] as const);
            await session.writeState({ ...state, parameters: new Map(parameters) });
          },
        }),
      });
    },
  },
  {
    id: "determinism/own-seed",
    mistake: "a part of the run's seed is the clock: the count of sessions so far",
    level: "determinism",
    create: () => {
      let sessions = 0;
      return wrapped({
        model: (model) => ({
          train: (options) => {
            sessions += 1;
            return model.train({ ...options, seed: options.seed + (sessions > 2 ? sessions : 0) });
          },
        }),
      });
    },
  },
];

/** Moves the first value of a tensor by a few parts in 2^40, by another amount each time. */
function nudger(): (tensor: Tensor) => Tensor {
  let calls = 0;
  return ({ shape, data }) => {
    calls += 1;
    return { shape, data: data.map((value, i) => (i === 0 ? value * (1 + (calls % 7) * 2 ** -40) : value)) };
  };
}
