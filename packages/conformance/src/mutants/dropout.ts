import type { Backend } from "@nin/backend";
import { type Tensor64, tensor64 } from "@nin/backend-reference/parts";
import {
  at,
  type DropoutMaskKey,
  dropoutThreshold,
  fillDropoutMask,
  PURPOSE,
  philox,
  philoxKey,
} from "@nin/spec";
import { fourAxes, withLayer } from "./altered-layers.js";
import { withDropoutIn } from "./dropout-in.js";
import { type Mutant, referenceWith, withPartsPerModel, wrapped } from "./wrapped.js";

/** Mistakes in which units dropout keeps, and in what it does with them. */
export const dropoutMutants: readonly Mutant[] = [
  {
    id: "dropout/not-rescaled",
    mistake: "units that are kept are not multiplied by 1/(1-rate)",
    level: "randomness",
    create: () =>
      withLayer("dropout", ({ forward, backward }) => ({
        forward: (layer, input, operands) =>
          operands.kept === undefined
            ? forward(layer, input, operands)
            : times(forward(layer, input, operands), 1 - layer.rate),
        backward: (layer, gradient, values, operands) =>
          operands.kept === undefined
            ? backward(layer, gradient, values, operands)
            : { input: times(backward(layer, gradient, values, operands).input, 1 - layer.rate) },
      })),
  },
  {
    id: "dropout/one-mask",
    mistake: "one mask for all dropout layers: the counter ignores the index of the layer",
    level: "randomness",
    create: () => withMask((mask) => ({ ...mask, layerIndex: 0 })),
  },
  {
    id: "dropout/ordinal",
    mistake:
      "dropout layers are identified by their number among dropout layers, not by their index in the architecture",
    level: "randomness",
    create: () =>
      withPartsPerModel((_options, { layers }) => ({
        dropoutMask: (mask, start, kept) => {
          const before = layers.slice(0, mask.layerIndex).filter(({ kind }) => kind === "dropout");
          fillDropoutMask({ ...mask, layerIndex: before.length }, start, kept);
        },
      })),
  },
  {
    id: "dropout/split-batch",
    mistake: "a batch is run two images at a time, and positions in the mask restart in each part",
    level: "randomness",
    create: () => withKept(({ shape }, i, size) => i % Math.min(size, (2 * size) / at(shape, 0))),
  },
  {
    id: "dropout/channels-last",
    mistake: "the mask's positions are those of NHWC",
    level: "randomness",
    create: () =>
      withKept(({ shape }, i) => {
        const [, channels, height, width] = fourAxes(shape);
        const plane = height * width;
        const image = channels * plane;
        const inImage = i % image;
        return i - inImage + (inImage % plane) * channels + Math.floor(inImage / plane);
      }),
  },
  {
    id: "dropout/seed-of-32-bits",
    mistake: "the high word of the seed is dropped",
    level: "randomness",
    exclusive: true,
    create: () => withMask((mask) => ({ ...mask, seed: mask.seed % 2 ** 32 })),
  },
  {
    id: "dropout/step-of-16-bits",
    mistake: "the step wraps after 65,536",
    level: "randomness",
    create: () => withMask((mask) => ({ ...mask, step: mask.step % 65_536 })),
  },
  {
    id: "dropout/above-threshold",
    mistake: "a unit is kept above the threshold, not at it",
    level: "randomness",
    exclusive: true,
    create: () => withBits((bits, mask) => bits > dropoutThreshold(mask.rate)),
  },
  {
    id: "dropout/threshold-cut",
    mistake: "the threshold is floor(rate*65536), not rounded",
    level: "randomness",
    create: () => withBits((bits, { rate }) => bits >= Math.floor(rate * 65_536)),
  },
  {
    id: "dropout/eight-bits",
    mistake: "only the high 8 of a unit's 16 random bits are compared",
    level: "randomness",
    create: () => withBits((bits, { rate }) => bits >> 8 >= Math.round(rate * 256)),
  },
  {
    id: "dropout/high-half-first",
    mistake: "a word's high 16 bits come before its low ones",
    level: "randomness",
    create: () => withKept((_input, i, size) => Math.min(i ^ 1, size - 1)),
  },
  {
    id: "dropout/inverted",
    mistake: "the rate is taken for the probability of keeping",
    level: "randomness",
    create: () => withBits((bits, { rate }) => bits >= dropoutThreshold(1 - rate)),
  },
  {
    id: "dropout/step-from-session",
    mistake: "steps count from the session's start: masks ignore `firstStep`",
    level: "randomness",
    create: () => {
      let firstStep = 0;
      return wrapped(
        {
          model: (model) => ({
            train: (options) => {
              firstStep = options.firstStep ?? 0;
              return model.train(options);
            },
          }),
        },
        withMask((mask) => ({ ...mask, step: Math.max(0, mask.step - firstStep) })),
      );
    },
  },
  {
    id: "dropout/backward-unmasked",
    mistake: "the backward pass lets the gradient through units that were dropped",
    level: "trajectory",
    create: () =>
      withLayer("dropout", () => ({
        backward: (layer, outputGradient, _values, { kept }) => ({
          input: kept === undefined ? outputGradient : times(outputGradient, 1 / (1 - layer.rate)),
        }),
      })),
  },
  {
    id: "dropout/sixteen-masks",
    mistake: "masks are generated ahead into a ring of sixteen that is never refilled",
    level: "trajectory",
    create: () => withMask((mask) => ({ ...mask, step: mask.step % 16 })),
  },
  {
    id: "dropout/in-predictions",
    mistake: "dropout is on in predictions and activations",
    level: "forward",
    create: () => withDropoutIn({ model: ["predict", "activations"] }),
  },
  {
    id: "dropout/in-gradients",
    mistake: "dropout is on in `gradients`",
    level: "gradients",
    create: () => withDropoutIn({ model: ["gradients"] }),
  },
  {
    id: "dropout/in-evaluations",
    mistake: "dropout is on in evaluations",
    level: "trajectory",
    create: () => withDropoutIn({ session: ["evaluate"] }),
  },
  {
    id: "dropout/while-training",
    mistake: "dropout is on in predictions while a session is open",
    level: "lifecycle",
    create: () => withDropoutIn({ model: ["predict"], whileTraining: true }),
  },
  {
    id: "dropout/tail-of-eight",
    mistake: "units after the last whole eight of a layer are always kept",
    level: "randomness",
    create: () =>
      referenceWith({
        dropoutMask: (mask, start, kept) => {
          fillDropoutMask(mask, start, kept);
          kept.fill(1, kept.length - (kept.length % 8));
        },
      }),
  },
];

/** The reference with the masks of another key. */
function withMask(other: (mask: DropoutMaskKey) => DropoutMaskKey): Backend {
  return referenceWith({
    dropoutMask: (mask, start, kept) => fillDropoutMask(other(mask), start, kept),
  });
}

/** The reference with another decision about the 16 random bits of a unit. */
function withBits(isKept: (bits: number, mask: DropoutMaskKey) => boolean): Backend {
  const words = new Uint32Array(4);
  return referenceWith({
    dropoutMask: (mask, start, kept) => {
      const key = philoxKey(mask.seed);
      kept.forEach((_, i) => {
        const half = (start + i) % 8;
        philox(key, Math.floor((start + i) / 8), mask.layerIndex, mask.step, PURPOSE.dropout, words);
        const word = at(words, half >> 1);
        const bits = half % 2 === 0 ? word & 0xffff : word >>> 16;
        kept[i] = isKept(bits, mask) ? 1 : 0;
      });
    },
  });
}

/** The reference, in which each unit of a dropout has the decision of another unit. */
function withKept(from: (input: Tensor64, i: number, size: number) => number): Backend {
  return withLayer("dropout", ({ forward, backward }) => {
    const moved = (input: Tensor64, kept: Uint8Array | undefined) =>
      kept === undefined ? {} : { kept: kept.map((_, i) => at(kept, from(input, i, kept.length))) };
    return {
      forward: (layer, input, { kept }) => forward(layer, input, moved(input, kept)),
      backward: (layer, gradient, values, { kept }) =>
        backward(layer, gradient, values, moved(values.input, kept)),
    };
  });
}

function times({ shape, data }: Tensor64, factor: number): Tensor64 {
  return tensor64(
    shape,
    data.map((value) => value * factor),
  );
}
