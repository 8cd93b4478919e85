import type { ImageFormat, Model, TrainingSession } from "@nin/backend";
import { resizeImages } from "@nin/data";
import { type Augmentation, at, augmentImages, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkEqual } from "../check/check.js";
import { checkShape } from "../check/tensors.js";
import { architectureOf, type ImageShape, randomBytes } from "../networks/inputs.js";
import { PLAIN_SGD } from "../networks/small.js";

type Size = readonly [height: number, width: number];

interface AugmentationCase {
  readonly name: string;
  readonly channels?: number;
  /** Of the network; as many as the images have by default. */
  readonly inputChannels?: number;
  readonly from: Size;
  /** The network's input; the images' size by default. */
  readonly to?: Size;
  readonly augmentation: Augmentation;
  readonly seed?: number;
  readonly epochs?: readonly number[];
  readonly quick?: boolean;
}

const BOTH = { horizontalFlip: 0.5, cropPadding: 2 };
const SEED = 11;
const EPOCHS = [0, 1, 6];
/** A seed of more than 32 bits. */
const LARGE_SEED = 2 ** 40 + 3;

const CASES: readonly AugmentationCase[] = [
  { name: "flip", from: [5, 6], augmentation: { horizontalFlip: 0.5, cropPadding: 0 } },
  { name: "flip-always", from: [5, 7], augmentation: { horizontalFlip: 1, cropPadding: 0 } },
  { name: "crop", from: [6, 5], augmentation: { horizontalFlip: 0, cropPadding: 2 } },
  { name: "both", from: [5, 7], augmentation: BOTH },
  { name: "colour", channels: 3, from: [7, 5], augmentation: BOTH },
  { name: "grey-repeated", inputChannels: 3, from: [5, 6], augmentation: BOTH },
  { name: "large-seed", from: [5, 7], augmentation: BOTH, seed: LARGE_SEED, epochs: [0, 2] },
  { name: "late-epoch", from: [5, 7], augmentation: BOTH, epochs: [65_536, 2 ** 32 - 1] },
  { name: "resized", from: [28, 28], to: [32, 30], augmentation: { horizontalFlip: 0.5, cropPadding: 4 } },
  { name: "resized-colour", channels: 3, from: [7, 9], to: [5, 12], augmentation: BOTH },
  {
    name: "beyond-the-image",
    from: [4, 3],
    augmentation: { horizontalFlip: 0.5, cropPadding: 6 },
    quick: false,
  },
  {
    name: "tutorial",
    from: [28, 28],
    to: [224, 224],
    augmentation: { horizontalFlip: 0.5, cropPadding: 4 },
    quick: false,
  },
];

/** Positions of images that are trained on; the data set has a few more. */
const POSITIONS = [0, 1, 258];
const COUNT = 260;

/** The bytes of augmented images, read off the updates of a network without hidden layers. */
export function augmentationCases(): readonly ConformanceCase[] {
  return CASES.map((given) => {
    const { name, channels = 1, from, to = from, augmentation, seed = SEED, epochs = EPOCHS } = given;
    const { horizontalFlip: flip, cropPadding: padding } = augmentation;
    return {
      id: caseId("preprocessing", "augmentation", name, { channels, from, to, flip, padding, seed }),
      plan: `the images of \`indices\` batches in epochs ${epochs.join(", ")}, read off the updates, have the bytes of \`augmentImages\`, resized afterwards`,
      source: "design rule: Philox by seed, epoch and position in the data set",
      quick: given.quick ?? true,
      run: (context) => compareBytes(context, given),
    };
  });
}

async function compareBytes(context: CaseContext, given: AugmentationCase): Promise<void> {
  const { channels = 1, inputChannels = channels, from, to = from, augmentation } = given;
  const { seed = SEED, epochs = EPOCHS } = given;
  const [height, width] = from;
  const format: ImageFormat = { channels, height, width, preprocessing: { mean: 0, std: 1 } };
  const input: ImageShape = [inputChannels, ...to];
  const layers = [{ kind: "flatten" }, { kind: "linear", outFeatures: 2, bias: false }];
  const model = await context.compile(architectureOf(input, layers, "augmentation"), {
    maxBatch: 2,
    imageFormat: format,
  });
  const imageBytes = channels * height * width;
  // No byte is 0, which is what is outside an image.
  const images = randomBytes(COUNT * imageBytes, 3).map((byte) => Math.max(1, byte));
  const labels = Uint8Array.from({ length: COUNT }, (_, image) => (image + (image >> 1)) % 2);
  const session = await model.train({
    optimizer: PLAIN_SGD,
    seed,
    dataset: { images, labels },
    augmentation,
  });
  for (const epoch of epochs) {
    for (const position of POSITIONS) {
      const image = images.subarray(position * imageBytes, (position + 1) * imageBytes);
      const own = Uint32Array.of(position);
      const augmented = augmentImages(image, format, augmentation, { seed, epoch }, own);
      const resized = [...resizeImages(augmented, { height, width }, { height: to[0], width: to[1] })];
      const expected = Array.from({ length: inputChannels / channels }, () => resized).flat();
      const actual = await trainedBytes(model, session, {
        position,
        epoch,
        label: at(labels, position),
        input,
      });
      checkEqual(actual, expected, `bytes of image ${position} in epoch ${epoch}`);
    }
  }
  await session.dispose();
}

/**
 * The bytes that a step on one image was done with. With weights of 0 the scores are equal, and the weights' update is
 * x/2 for the image's class and -x/2 for the other one.
 */
async function trainedBytes(
  model: Model,
  session: TrainingSession,
  step: {
    readonly position: number;
    readonly epoch: number;
    readonly label: number;
    readonly input: ImageShape;
  },
): Promise<readonly number[]> {
  const { position, epoch, label, input } = step;
  const length = input[0] * input[1] * input[2];
  const zeros: Tensor = { shape: [2, length], data: new Float32Array(2 * length) };
  await model.writeParameters(new Map([["net.1.weight", zeros]]));
  await session.step({ indices: Uint32Array.of(position) }, { learningRate: 1, epoch });
  const weight = (await session.readState()).parameters.get("net.1.weight");
  checkShape(weight, zeros.shape, "weight of the linear layer after the step");
  return Array.from({ length }, (_, pixel) => Math.round(at(weight.data, label * length + pixel) * 2 * 255));
}
