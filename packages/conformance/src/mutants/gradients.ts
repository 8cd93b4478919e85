import type { LossAndGradients } from "@nin/backend";
import { at, entry, type Tensor } from "@nin/spec";
import { type Mutant, toBfloat16, wrapped } from "./wrapped.js";

/** Mistakes in the program behind `gradients`, which training does not use. */
export const gradientMutants: readonly Mutant[] = [
  {
    id: "gradients/bias-divided",
    mistake: "the biases' gradients are divided by the batch once more",
    level: "gradients",
    exclusive: true,
    create: () =>
      withGradients((name, { shape, data }, count) =>
        name.endsWith(".bias") ? { shape, data: data.map((g) => g / count) } : { shape, data },
      ),
  },
  {
    id: "gradients/first-layer-zero",
    mistake: "the first weighted layer's gradient is left 0",
    level: "gradients",
    exclusive: true,
    create: () =>
      withGradients((_name, { shape, data }, _count, position) => ({
        shape,
        data: position === 0 ? data.map(() => 0) : data,
      })),
  },
  {
    id: "gradients/added-up",
    mistake: "gradients are not cleared: each call adds to those before it",
    level: "gradients",
    create: () =>
      wrapped({
        model: (model) => {
          const sums = new Map<string, Float64Array>();
          return {
            gradients: async (batch) => {
              const { loss, gradients } = await model.gradients(batch);
              const added = [...gradients].map(([name, { shape, data }]): [string, Tensor] => {
                const before = sums.get(name);
                const sum = Float64Array.from(data, (g, i) => (before === undefined ? g : g + at(before, i)));
                sums.set(name, sum);
                return [name, { shape, data: sum.slice() }];
              });
              return { loss, gradients: new Map(added) };
            },
          };
        },
      }),
  },
  {
    id: "gradients/bfloat16",
    mistake: "gradients are cut to bfloat16",
    level: "gradients",
    create: () => withGradients((_name, { shape, data }) => ({ shape, data: data.map(toBfloat16) })),
  },
  {
    id: "gradients/last-micro-batch",
    mistake: "of a batch of more than two images only the last two are in the loss and gradients",
    level: "gradients",
    create: () =>
      wrapped({
        model: (model) => ({
          gradients: async (batch) => {
            const count = batch.labels.length;
            if (!("input" in batch) || count <= 2) return model.gradients(batch);
            const { shape, data } = batch.input;
            const input = {
              shape: [2, ...shape.slice(1)],
              data: data.slice(((count - 2) * data.length) / count),
            };
            return model.gradients({ input, labels: batch.labels.slice(count - 2) });
          },
        }),
      }),
  },
  {
    id: "gradients/int32-labels",
    mistake: "labels of 32 bits are read byte by byte",
    level: "gradients",
    create: () =>
      wrapped({
        model: (model) => ({
          gradients: (batch) => {
            const { labels } = batch;
            if (labels instanceof Uint8Array) return model.gradients(batch);
            const bytes = new Uint8Array(labels.buffer, labels.byteOffset, labels.length);
            return model.gradients({ ...batch, labels: bytes });
          },
        }),
      }),
  },
  {
    id: "gradients/trains",
    mistake: "asking for gradients takes a step of rate 1e-3",
    level: "gradients",
    create: () =>
      wrapped({
        model: (model) => ({
          gradients: async (batch) => {
            const result = await model.gradients(batch);
            const stepped = [...(await model.readParameters())].map(
              ([name, { shape, data }]): [string, Tensor] => {
                const g = entry(result.gradients, name).data;
                return [name, { shape, data: data.map((w, i) => w - 1e-3 * at(g, i)) }];
              },
            );
            await model.writeParameters(new Map(stepped));
            return result;
          },
        }),
      }),
  },
];

/** The reference, in which each gradient is replaced. */
function withGradients(replace: (name: string, gradient: Tensor, count: number, position: number) => Tensor) {
  return wrapped({
    model: (model) => ({
      gradients: async (batch): Promise<LossAndGradients> => {
        const { loss, gradients } = await model.gradients(batch);
        // In the network's order, whatever the order of the map.
        const names = model.layers.flatMap(({ parameters }) => [...parameters.keys()]);
        const replaced = [...gradients].map(
          ([name, gradient]) =>
            [name, replace(name, gradient, batch.labels.length, names.indexOf(name))] as const,
        );
        return { loss, gradients: new Map(replaced) };
      },
    }),
  });
}
