import { at, type NamedTensors, type Tensor } from "@nin/spec";
import { fourAxes } from "./altered-layers.js";
import { type Mutant, wrapped } from "./wrapped.js";

/** Mistakes in the programs behind `predict` and `activations`, which training does not use. */
export const predictionMutants: readonly Mutant[] = [
  {
    id: "activations/after-the-fifth",
    mistake: "activations of images after the fifth are not read back: zeros in their place",
    level: "forward",
    exclusive: true,
    create: () =>
      withActivations((_name, { shape, data }) => {
        const count = at(shape, 0);
        return { shape, data: data.map((y, i) => (i >= (5 * data.length) / count ? 0 : y)) };
      }),
  },
  {
    id: "activations/stale-weights",
    mistake: "the program of the activations keeps the weights of its first call",
    level: "forward",
    exclusive: true,
    create: () =>
      wrapped({
        model: (model) => {
          let first: NamedTensors | undefined;
          return {
            activations: async (batch) => {
              const now = await model.readParameters();
              first ??= now;
              await model.writeParameters(first);
              try {
                return await model.activations(batch);
              } finally {
                await model.writeParameters(now);
              }
            },
          };
        },
      }),
  },
  {
    id: "activations/channels-last",
    mistake: "activations are given in NHWC order under an NCHW shape",
    level: "forward",
    create: () =>
      withActivations((_name, { shape, data }) => {
        const [, channels, height, width] = fourAxes(shape);
        const plane = height * width;
        const image = channels * plane;
        const from = (i: number): number =>
          Math.floor(i / image) * image + (i % channels) * plane + (Math.floor(i / channels) % plane);
        return { shape, data: data.map((_, i) => at(data, from(i))) };
      }),
  },
  {
    id: "predict/probabilities",
    mistake: "probabilities instead of scores",
    level: "forward",
    create: () =>
      wrapped({
        model: (model) => ({
          predict: async (batch) => {
            const { shape, data } = await model.predict(batch);
            const classes = at(shape, 1);
            const sums = Array.from({ length: data.length / classes }, (_, n) =>
              Float64Array.from(data.slice(n * classes, (n + 1) * classes)).reduce(
                (sum, score) => sum + Math.exp(score),
                0,
              ),
            );
            return { shape, data: data.map((y, i) => Math.exp(y) / at(sums, Math.floor(i / classes))) };
          },
        }),
      }),
  },
  {
    id: "predict/largest-batch",
    mistake: "of a full batch the last image's scores are 0",
    level: "forward",
    create: () =>
      wrapped({
        model: (model, { options: { maxBatch = 128 } }) => ({
          predict: async (batch) => {
            const { shape, data } = await model.predict(batch);
            const [count, classes] = fourAxes(shape);
            if (count < maxBatch) return { shape, data };
            return { shape, data: data.map((y, i) => (i >= (count - 1) * classes ? 0 : y)) };
          },
        }),
      }),
  },
  {
    id: "predict/stale-tail",
    mistake:
      "images beyond a smaller batch, left from the one before, take part: the first image's scores become theirs",
    level: "forward",
    create: () =>
      wrapped({
        model: (model) => {
          let before: Tensor | undefined;
          return {
            predict: async (batch) => {
              const { shape, data } = await model.predict(batch);
              const [count, classes] = fourAxes(shape);
              const last = before;
              before = { shape, data: data.slice() };
              if (last === undefined || count >= at(last.shape, 0)) return { shape, data };
              return { shape, data: data.map((y, i) => (i < classes ? at(last.data, data.length + i) : y)) };
            },
          };
        },
      }),
  },
];

/** The reference, in which each activation is replaced. */
function withActivations(replace: (name: string, activation: Tensor) => Tensor) {
  return wrapped({
    model: (model) => ({
      activations: async (batch) => {
        const activations = await model.activations(batch);
        return new Map([...activations].map(([name, value]) => [name, replace(name, value)] as const));
      },
    }),
  });
}
