import { layerMaths, referenceParts, tensor64 } from "@nin/backend-reference/parts";
import { at, inferLayers, type Shape } from "@nin/spec";
import {
  fourAxes,
  positionsOf,
  withGradients,
  withLayer,
  withOutput,
  withWeightsReadAt,
} from "./altered-layers.js";
import { type Mutant, withPartsPerModel } from "./wrapped.js";

/** Mistakes in ReLU, flatten and linear layers. */
export const layerMutants: readonly Mutant[] = [
  {
    id: "relu/last-missing",
    mistake: "the ReLU after the last convolution is missing",
    level: "forward",
    create: () =>
      withPartsPerModel((_options, architecture) => {
        const last = inferLayers(architecture).findLast(({ layer }) => layer.kind === "relu");
        const identity = { kind: "dropout", rate: 0 } as const;
        return {
          mathOf: (layer, name) => referenceParts.mathOf(name === last?.name ? identity : layer, name),
        };
      }),
  },
  {
    id: "relu/derivative-at-zero",
    mistake: "the derivative at 0 is 1",
    level: "gradients",
    create: () =>
      withGradients("relu", ({ input }, { outputGradient, values }) => ({
        input: tensor64(
          input.shape,
          input.data.map((g, i) => (values.input.data[i] === 0 ? at(outputGradient.data, i) : g)),
        ),
      })),
  },
  {
    id: "relu/up-to-six",
    mistake: "ReLU6 instead of ReLU: values above 6 become 6",
    level: "forward",
    create: () =>
      withOutput("relu", ({ data }) => {
        data.forEach((y, i) => {
          data[i] = Math.min(y, 6);
        });
      }),
  },
  {
    id: "relu/leaky",
    mistake: "negative values keep a thousandth",
    level: "forward",
    create: () =>
      withOutput("relu", ({ data }, { input }) => {
        data.forEach((y, i) => {
          if (y === 0) data[i] = 0.001 * at(input.data, i);
        });
      }),
  },
  {
    id: "flatten/channels-last",
    mistake: "features are in the order height, width, channel",
    level: "forward",
    create: () =>
      withLayer("flatten", ({ forward }) => ({
        forward: (layer, input, operands) => {
          const { shape, data } = forward(layer, input, operands);
          return tensor64(
            shape,
            Float64Array.from(channelsLast(input.shape), (from) => at(data, from)),
          );
        },
        backward: (_layer, outputGradient, { input }) => {
          const gradient = tensor64(input.shape);
          channelsLast(input.shape).forEach((to, i) => {
            gradient.data[to] = at(outputGradient.data, i);
          });
          return { input: gradient };
        },
      })),
  },
  {
    id: "linear/weights-in-out",
    mistake: "weights are read as [in, out] without being transposed",
    level: "forward",
    create: () =>
      withWeightsReadAt("linear", (shape) =>
        positionsOf([1, 1, ...shape], (_a, _b, o, i) => i * at(shape, 0) + o),
      ),
  },
  {
    id: "linear/bias-once",
    mistake: "only the first image of a batch gets the bias",
    level: "forward",
    create: () =>
      withOutput("linear", ({ shape, data }, { operands }) => {
        const { bias } = operands;
        const outFeatures = at(shape, 1);
        data.forEach((y, i) => {
          if (bias !== undefined && i >= outFeatures) data[i] = y - at(bias.data, i % outFeatures);
        });
      }),
  },
  {
    id: "linear/last-image-only",
    mistake: "the weight's gradient is the last image's: images overwrite each other",
    level: "gradients",
    create: () =>
      withGradients("linear", (gradients, { layer, outputGradient, values, operands }) => {
        const count = at(outputGradient.shape, 0);
        const last = outputGradient.data.map((g, i) =>
          i >= ((count - 1) * outputGradient.data.length) / count ? g : 0,
        );
        const { weight } = layerMaths.linear.backward(
          layer,
          tensor64(outputGradient.shape, last),
          values,
          operands,
        );
        return weight === undefined ? gradients : { ...gradients, weight };
      }),
  },
  {
    id: "linear/bias-ignored-in-backward",
    mistake: "the bias's gradient is that of the first image",
    level: "gradients",
    create: () =>
      withGradients("linear", (gradients, { outputGradient }) => {
        const { bias } = gradients;
        if (bias === undefined) return gradients;
        return { ...gradients, bias: tensor64(bias.shape, outputGradient.data.slice(0, bias.data.length)) };
      }),
  },
];

/** For each position in NHWC order the flat NCHW position. */
function channelsLast(shape: Shape): Int32Array {
  const [batch, channels, height, width] = fourAxes(shape);
  return positionsOf(
    [batch, height, width, channels],
    (n, y, x, c) => ((n * channels + c) * height + y) * width + x,
  );
}
