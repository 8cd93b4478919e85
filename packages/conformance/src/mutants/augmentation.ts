import type { Backend, StepOptions, TrainOptions } from "@nin/backend";
import { type ReferenceParts, referenceParts } from "@nin/backend-reference/parts";
import { at, type ImageAugmentation, imageAugmentations, present } from "@nin/spec";
import { resizedImages } from "./resize.js";
import { type Mutant, referenceWith, wrapped } from "./wrapped.js";

type Augment = ReferenceParts["augmentImages"];

/** Mistakes in which images are moved, and where to. */
export const augmentationMutants: readonly Mutant[] = [
  {
    id: "augmentation/none",
    mistake: "images of `indices` batches are not augmented",
    level: "preprocessing",
    exclusive: true,
    create: () => withAugmenting((_augment, images) => images),
  },
  {
    id: "augmentation/epochs-from-one",
    mistake: "epochs are counted from 1",
    level: "preprocessing",
    create: () =>
      withStep(({ epoch, ...options }) => (epoch === undefined ? options : { ...options, epoch: epoch + 1 })),
  },
  {
    id: "augmentation/first-epoch-again",
    mistake: "every epoch is augmented as the first one",
    level: "preprocessing",
    create: () =>
      withStep(({ epoch, ...options }) =>
        epoch === undefined ? options : { ...options, epoch: Math.min(0, epoch) },
      ),
  },
  {
    id: "augmentation/epochs-of-16-bits",
    mistake: "the epoch wraps after 65,535",
    level: "preprocessing",
    create: () => withKey(({ seed, epoch }) => ({ seed, epoch: epoch % 2 ** 16 })),
  },
  {
    id: "augmentation/seed-ignored",
    mistake: "the seed is always 0",
    level: "preprocessing",
    create: () => withKey(({ epoch }) => ({ seed: 0, epoch })),
  },
  {
    id: "augmentation/seed-of-32-bits",
    mistake: "of the seed the low 32 bits are used",
    level: "preprocessing",
    create: () => withKey(({ seed, epoch }) => ({ seed: seed % 2 ** 32, epoch })),
  },
  {
    id: "augmentation/place-in-batch",
    mistake: "random numbers are those of the image's place in the batch, not in the data set",
    level: "preprocessing",
    create: () => withPositions((positions) => positions.map((_, place) => place)),
  },
  {
    id: "augmentation/positions-of-8-bits",
    mistake: "random numbers are those of the position's last 8 bits",
    level: "preprocessing",
    create: () => withPositions((positions) => positions.map((position) => position % 256)),
  },
  {
    id: "augmentation/first-image-decides",
    mistake: "all images of a batch are augmented as the first one",
    level: "preprocessing",
    create: () => withPositions((positions) => positions.map(() => at(positions, 0))),
  },
  {
    id: "augmentation/rate-of-one-wraps",
    mistake: "the threshold of a probability of 1 wraps to 0: nothing is flipped",
    level: "preprocessing",
    create: () =>
      withDrawn((drawn, { horizontalFlip }) => ({ ...drawn, flipped: horizontalFlip < 1 && drawn.flipped })),
  },
  {
    id: "augmentation/flips-the-others",
    mistake: "an image is flipped when its word is not below the threshold",
    level: "preprocessing",
    create: () => withDrawn((drawn) => ({ ...drawn, flipped: !drawn.flipped })),
  },
  {
    id: "augmentation/flip-first",
    mistake: "an image is flipped before it is cropped",
    level: "preprocessing",
    create: () => withDrawn((drawn) => ({ ...drawn, dx: drawn.flipped ? -drawn.dx : drawn.dx })),
  },
  {
    id: "augmentation/offset-off-by-one",
    mistake: "offsets are 1 too large",
    level: "preprocessing",
    create: () =>
      withDrawn((drawn, { cropPadding }) =>
        cropPadding === 0 ? drawn : { ...drawn, dy: drawn.dy + 1, dx: drawn.dx + 1 },
      ),
  },
  {
    id: "augmentation/largest-offset-missing",
    mistake: "the largest offset becomes the one before it, as where there are 2p offsets and not 2p + 1",
    level: "preprocessing",
    create: () =>
      withDrawn((drawn, { cropPadding }) => {
        const within = (offset: number): number =>
          offset === cropPadding ? offset - Math.min(1, cropPadding) : offset;
        return { ...drawn, dy: within(drawn.dy), dx: within(drawn.dx) };
      }),
  },
  {
    id: "augmentation/moved-the-other-way",
    mistake: "images move against their offsets",
    level: "preprocessing",
    create: () => withDrawn(({ flipped, dy, dx }) => ({ flipped, dy: -dy, dx: -dx })),
  },
  {
    id: "augmentation/offsets-swapped",
    mistake: "the vertical and the horizontal offset change places",
    level: "preprocessing",
    create: () => withDrawn(({ flipped, dy, dx }) => ({ flipped, dy: dx, dx: dy })),
  },
  {
    id: "augmentation/border-repeated",
    mistake: "outside an image its border is repeated, instead of 0",
    level: "preprocessing",
    create: () => withDrawn((drawn) => drawn, "repeated"),
  },
  {
    id: "augmentation/wraps-around",
    mistake: "what leaves an image on one side comes back on the other",
    level: "preprocessing",
    create: () => withDrawn((drawn) => drawn, "wrapped"),
  },
  {
    id: "augmentation/first-channel",
    mistake: "only the first channel of an image is moved",
    level: "preprocessing",
    create: () =>
      withAugmenting((augment, images, size, augmentation, key, positions) => {
        const plane = size.height * size.width;
        const moved = augment(images, size, augmentation, key, positions);
        return moved.map((byte, place) =>
          place % (plane * size.channels) < plane ? byte : at(images, place),
        );
      }),
  },
  {
    id: "augmentation/after-the-resize",
    mistake: "images are moved after the resize, by as many pixels",
    level: "preprocessing",
    create: afterTheResize,
  },
  {
    id: "augmentation/given-images-too",
    mistake: "batches of images are augmented as if they were the first ones of the data set",
    level: "preprocessing",
    create: () => withGivenImages("step"),
  },
  {
    id: "augmentation/evaluations-too",
    mistake: "evaluations are augmented while a session augments",
    level: "preprocessing",
    create: () => withGivenImages("evaluate"),
  },
  {
    id: "augmentation/epoch-not-needed",
    mistake: "a step without an epoch is taken for one of the first epoch",
    level: "errors",
    create: () => withStep(({ epoch = 0, ...options }) => ({ ...options, epoch })),
  },
  {
    id: "augmentation/epochs-rounded",
    mistake: "an epoch that is no whole number is rounded",
    level: "errors",
    create: () =>
      withStep(({ epoch, ...options }) =>
        epoch === undefined ? options : { ...options, epoch: Math.round(epoch) },
      ),
  },
];

/** The reference with another augmentation. */
function withAugmenting(other: (augment: Augment, ...given: Parameters<Augment>) => Uint8Array): Backend {
  return referenceWith({ augmentImages: (...given) => other(referenceParts.augmentImages, ...given) });
}

function withKey(other: (key: Parameters<Augment>[3]) => Parameters<Augment>[3]): Backend {
  return withAugmenting((augment, images, size, augmentation, key, positions) =>
    augment(images, size, augmentation, other(key), positions),
  );
}

/** The reference, in which the images of a batch have other positions in the data set. */
function withPositions(other: (positions: Uint32Array) => Uint32Array): Backend {
  return withAugmenting((augment, images, size, augmentation, key, positions) =>
    augment(images, size, augmentation, key, other(positions)),
  );
}

/** What is outside an image. */
type Outside = "zeros" | "repeated" | "wrapped";

/** The reference, in which each image is augmented otherwise, pixel by pixel. */
function withDrawn(
  other: (drawn: ImageAugmentation, augmentation: Parameters<Augment>[2]) => ImageAugmentation,
  outside: Outside = "zeros",
): Backend {
  return withAugmenting((_augment, images, size, augmentation, key, positions) => {
    const drawn = imageAugmentations(augmentation, key, positions).map((own) => other(own, augmentation));
    return movedImages(images, size, drawn, outside);
  });
}

function movedImages(
  images: Uint8Array,
  { channels, height, width }: Parameters<Augment>[1],
  drawn: readonly ImageAugmentation[],
  outside: Outside,
): Uint8Array {
  const placeOn = (position: number, extent: number): number | undefined => {
    if (position >= 0 && position < extent) return position;
    if (outside === "zeros") return undefined;
    if (outside === "wrapped") return ((position % extent) + extent) % extent;
    return Math.min(extent - 1, Math.max(0, position));
  };
  return images.map((_, place) => {
    const { flipped, dy, dx } = at(drawn, Math.floor(place / (channels * height * width)));
    const x = place % width;
    const fromY = placeOn((Math.floor(place / width) % height) + dy, height);
    const fromX = placeOn((flipped ? width - 1 - x : x) + dx, width);
    const plane = Math.floor(place / (height * width)) * height * width;
    return fromY === undefined || fromX === undefined ? 0 : at(images, plane + fromY * width + fromX);
  });
}

/** The reference, whose steps are given other options. */
function withStep(other: (options: StepOptions) => StepOptions): Backend {
  return wrapped({
    session: (session) => ({ step: (batch, options) => session.step(batch, other(options)) }),
  });
}

/** The reference, which also augments images that it is given. */
function withGivenImages(call: "step" | "evaluate"): Backend {
  return wrapped({
    session: (session, { options, compiled }) => {
      const moved = <Batch extends object>(batch: Batch, epoch = 0): Batch => {
        const { augmentation, seed }: TrainOptions = options;
        if (augmentation === undefined || !("images" in batch)) return batch;
        const { channels, height, width } = present(compiled.options.imageFormat);
        const size = { channels, height, width };
        const images = batch.images as Uint8Array;
        const count = images.length / (channels * height * width);
        const positions = Uint32Array.from({ length: count }, (_, place) => place);
        return {
          ...batch,
          images: referenceParts.augmentImages(images, size, augmentation, { seed, epoch }, positions),
        };
      };
      return call === "step"
        ? { step: (batch, place) => session.step(moved(batch, place.epoch), place) }
        : { evaluate: (batch) => session.evaluate(moved(batch)) };
    },
  });
}

/** The reference, which keeps what is to be done to images until they are resized. */
function afterTheResize(): Backend {
  let waiting: readonly ImageAugmentation[] | undefined;
  return referenceWith({
    augmentImages: (images, _size, augmentation, key, positions) => {
      waiting = imageAugmentations(augmentation, key, positions);
      return images;
    },
    preprocess: (images, format, input) => {
      const drawn = waiting;
      waiting = undefined;
      if (drawn === undefined) return referenceParts.preprocess(images, format, input);
      const size = { ...format, height: input.height, width: input.width };
      return referenceParts.preprocess(
        movedImages(resizedImages(images, format, input, {}), size, drawn, "zeros"),
        size,
        input,
      );
    },
  });
}
