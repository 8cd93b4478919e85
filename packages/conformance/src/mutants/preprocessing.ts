import type { Backend, ImageFormat } from "@nin/backend";
import { type ReferenceParts, referenceParts, tensor64 } from "@nin/backend-reference/parts";
import { at, perChannel } from "@nin/spec";
import { type ResizeMistake, resizedImages } from "./resize.js";
import { type Mutant, referenceWith } from "./wrapped.js";

/** Mistakes between the bytes of an image and the network's input. */
export const preprocessingMutants: readonly Mutant[] = [
  {
    id: "preprocessing/align-corners",
    mistake: "the resize keeps the corners: pixel o is taken at o*(in-1)/(out-1)",
    level: "preprocessing",
    create: () =>
      withResize({
        center: (o, from, to) => (to === 1 ? 0 : (o * (from - 1)) / (to - 1)),
      }),
  },
  {
    id: "preprocessing/corner-origin",
    mistake: "pixels are taken at o*in/out, without the half pixel",
    level: "preprocessing",
    create: () => withResize({ center: (o, from, to) => (o * from) / to }),
  },
  {
    id: "preprocessing/nearest",
    mistake: "the nearest pixel instead of bilinear interpolation",
    level: "preprocessing",
    create: () => withResize({ center: (o, from, to) => Math.floor(((o + 0.5) * from) / to) }),
  },
  {
    id: "preprocessing/no-rounding-between",
    mistake: "the image is not rounded to bytes between its two passes",
    level: "preprocessing",
    create: () => withResize({ isRoundedBetween: false }),
  },
  {
    id: "preprocessing/height-first",
    mistake: "height is resized before width",
    level: "preprocessing",
    create: () => withResize({ isHeightFirst: true }),
  },
  {
    id: "preprocessing/shrinks-by-two-pixels",
    mistake: "shrinking takes two neighbours alone, as growing does (no antialiasing)",
    level: "preprocessing",
    create: () => withResize({ isStretched: false }),
  },
  {
    id: "preprocessing/cut",
    mistake: "resized values are cut to bytes, not rounded",
    level: "preprocessing",
    create: () => withResize({ rounding: 0 }),
  },
  {
    id: "preprocessing/sides-swapped",
    mistake: "height and width of the images are swapped",
    level: "preprocessing",
    create: () => withFormat((format) => ({ ...format, height: format.width, width: format.height })),
  },
  {
    id: "preprocessing/over-256",
    mistake: "bytes are divided by 256",
    level: "preprocessing",
    create: () => withValues((x, { mean, std }) => (((x * std + mean) * 255) / 256 - mean) / std),
  },
  {
    id: "preprocessing/first-channel-statistics",
    mistake: "mean and std of the first channel are used for all of them",
    level: "preprocessing",
    exclusive: true,
    create: () =>
      withFormat((format) => ({
        ...format,
        preprocessing: {
          mean: at(perChannel(format.preprocessing.mean, channelsOf(format), "mean"), 0),
          std: at(perChannel(format.preprocessing.std, channelsOf(format), "std"), 0),
        },
      })),
  },
  {
    id: "preprocessing/mean-after-std",
    mistake: "the mean is taken off after the division: x/std - mean",
    level: "preprocessing",
    create: () => withValues((x, { mean, std }) => x + mean / std - mean),
  },
  {
    id: "preprocessing/std-multiplied",
    mistake: "multiplied by std instead of divided",
    level: "preprocessing",
    create: () => withValues((x, { std }) => x * std * std),
  },
  {
    id: "preprocessing/bytes-channels-last",
    mistake: "bytes are read in the order height, width, channel",
    level: "preprocessing",
    create: () =>
      referenceWith({
        preprocess: (images, format, input) => {
          const { channels, height, width } = format;
          const plane = height * width;
          const moved = images.map((_, i) => {
            const inImage = i % (channels * plane);
            return at(images, i - inImage + (inImage % plane) * channels + Math.floor(inImage / plane));
          });
          return referenceParts.preprocess(moved, format, input);
        },
      }),
  },
  {
    id: "preprocessing/grey-once",
    mistake: "a grey image fills the first of three channels, the others stay 0",
    level: "preprocessing",
    create: () =>
      referenceWith({
        preprocess: (images, format, input) => {
          const { shape, data } = referenceParts.preprocess(images, format, input);
          if (format.channels === input.channels) return tensor64(shape, data);
          const plane = input.height * input.width;
          const isFirst = (i: number): boolean => Math.floor(i / plane) % input.channels === 0;
          return tensor64(
            shape,
            data.map((x, i) => (isFirst(i) ? x : 0)),
          );
        },
      }),
  },
];

/** The reference with a mistake in its resize. */
function withResize(mistake: ResizeMistake): Backend {
  return referenceWith({
    preprocess: (images, format, input) => {
      const resized = resizedImages(images, format, input, mistake);
      return referenceParts.preprocess(
        resized,
        { ...format, height: input.height, width: input.width },
        input,
      );
    },
  });
}

function withFormat(other: (format: ImageFormat) => ImageFormat): Backend {
  return referenceWith({
    preprocess: (images, format, input) => referenceParts.preprocess(images, other(format), input),
  });
}

/** The reference, in which each normalized value is replaced. */
function withValues(
  replace: (x: number, statistics: { readonly mean: number; readonly std: number }) => number,
): Backend {
  const preprocess: ReferenceParts["preprocess"] = (images, format, input) => {
    const { shape, data } = referenceParts.preprocess(images, format, input);
    const means = perChannel(format.preprocessing.mean, input.channels, "mean");
    const stds = perChannel(format.preprocessing.std, input.channels, "std");
    const plane = input.height * input.width;
    const channelOf = (i: number): number => Math.floor(i / plane) % input.channels;
    const replaced = data.map((x, i) =>
      replace(x, { mean: at(means, channelOf(i)), std: at(stds, channelOf(i)) }),
    );
    return tensor64(shape, replaced);
  };
  return referenceWith({ preprocess });
}

/** The number of channels for which mean and std are given. */
function channelsOf({ channels, preprocessing: { mean, std } }: ImageFormat): number {
  return [mean, std]
    .map((value) => (typeof value === "number" ? channels : value.length))
    .reduce((a, b) => Math.max(a, b));
}
