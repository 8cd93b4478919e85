import type { Backend, RealizedLayer } from "@nin/backend";
import { inferLayers, present } from "@nin/spec";
import { fourAxes, withChangedFields } from "./altered-layers.js";
import { type Compiled, type Mutant, wrapped } from "./wrapped.js";

/** Mistakes in what a model reports about its layers. */
export const realizedLayerMutants: readonly Mutant[] = [
  {
    id: "layers/echoed",
    mistake: "shapes are the spec's inference, while the realized max pools round the other way",
    level: "shapes",
    create: () =>
      wrapped(
        {
          model: ({ layers }, { architecture }) => ({
            layers: layers.map((layer, index) => {
              const placed = inferLayers(architecture).findLast(({ layerIndex }) => layerIndex === index);
              return { ...layer, outputShape: [1, ...present(placed).outputShape] };
            }),
          }),
        },
        withChangedFields("maxPool2d", (layer) => ({ ...layer, ceilMode: !layer.ceilMode })),
      ),
  },
  {
    id: "layers/largest-batch",
    mistake: "shapes are those of the largest batch",
    level: "shapes",
    exclusive: true,
    create: () =>
      withLayers((layer, { options: { maxBatch = 128 } }) => ({
        ...layer,
        outputShape: [maxBatch, ...layer.outputShape.slice(1)],
      })),
  },
  {
    id: "layers/pooled-away",
    mistake: "a global average pool reports [1, channels]",
    level: "shapes",
    exclusive: true,
    create: () =>
      withLayers((layer) =>
        layer.kind === "globalAvgPool2d" ? { ...layer, outputShape: layer.outputShape.slice(0, 2) } : layer,
      ),
  },
  {
    id: "layers/sides-swapped",
    mistake: "shapes are reported as [1, channels, width, height]",
    level: "shapes",
    create: () =>
      withLayers((layer) => {
        const [batch, channels, height, width] = fourAxes(layer.outputShape);
        return layer.outputShape.length < 4
          ? layer
          : { ...layer, outputShape: [batch, channels, width, height] };
      }),
  },
  {
    id: "layers/no-inner",
    mistake: "a block does not report the layers inside it",
    level: "shapes",
    create: () =>
      withLayers(({ name, kind, outputShape, parameters }) => ({ name, kind, outputShape, parameters })),
  },
  {
    id: "layers/inner-shape",
    mistake: "the layers inside a block all report the block's own output",
    level: "shapes",
    create: () =>
      withLayers((layer) =>
        layer.inner === undefined
          ? layer
          : {
              ...layer,
              inner: layer.inner.map((part) => ({
                ...part,
                outputShape: [...layer.outputShape.slice(0, 1), 1, ...layer.outputShape.slice(2)],
              })),
            },
      ),
  },
  {
    id: "layers/kind-of-first",
    mistake: "a block reports the kind of its first layer",
    level: "shapes",
    create: () => withLayers((layer) => (layer.kind === "ninBlock" ? { ...layer, kind: "conv2d" } : layer)),
  },
  {
    id: "layers/dropout-left-out",
    mistake: "dropout layers are not reported, because they do nothing in a prediction",
    level: "shapes",
    create: () =>
      wrapped({
        model: ({ layers }) => ({ layers: layers.filter(({ kind }) => kind !== "dropout") }),
      }),
  },
  {
    id: "layers/parameters-without-bias",
    mistake: "a layer's parameters are reported without the bias",
    level: "parameters",
    exclusive: true,
    create: () =>
      withLayers((layer) => ({
        ...layer,
        parameters: new Map([...layer.parameters].filter(([name]) => !name.endsWith(".bias"))),
      })),
  },
  {
    id: "layers/parameters-hwio",
    mistake: "a layer's weight is reported in the backend's own layout",
    level: "parameters",
    exclusive: true,
    create: () =>
      withLayers((layer) => ({
        ...layer,
        parameters: new Map(
          [...layer.parameters].map(([name, shape]) => [name, [...shape].reverse()] as const),
        ),
      })),
  },
  {
    id: "activations/flatten-left-out",
    mistake: "activations have no entry for flatten, which moves nothing",
    level: "forward",
    create: () =>
      wrapped({
        model: (model, { architecture }) => ({
          activations: async (batch) => {
            const activations = await model.activations(batch);
            const isFlatten = (name: string): boolean =>
              architecture.layers[Number(name.slice("net.".length))]?.kind === "flatten";
            return new Map([...activations].filter(([name]) => !isFlatten(name)));
          },
        }),
      }),
  },
];

/** The reference, in which each layer is reported differently. */
function withLayers(report: (layer: RealizedLayer, compiled: Compiled) => RealizedLayer): Backend {
  return wrapped({
    model: ({ layers }, compiled) => ({ layers: layers.map((layer) => report(layer, compiled)) }),
  });
}
