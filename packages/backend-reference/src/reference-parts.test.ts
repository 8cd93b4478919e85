import { expect, test } from "vitest";
import { type ReferenceParts, referenceParts, type Tensor64, tensor64 } from "./parts.js";
import { smallImages, smallModel } from "./testing/small-model.js";

const batch = {
  images: Uint8Array.from({ length: 48 }, (_, i) => i * 5),
  labels: Uint8Array.from([0, 1, 2]),
};
const optimizer = { kind: "sgd", learningRate: 1, momentum: 0.9, weightDecay: 0 } as const;

/** All numbers that a model gives, three steps included. */
async function numbersWith(parts: Partial<ReferenceParts>): Promise<readonly unknown[]> {
  const model = await smallModel({ imageFormat: smallImages }, parts);
  const { loss, gradients } = await model.gradients(batch);
  const augmentation = { horizontalFlip: 1, cropPadding: 1 };
  const session = await model.train({ optimizer, seed: 1, dataset: batch, augmentation });
  await session.evaluate(batch);
  for (const learningRate of [0.1, 0.2]) await session.step(batch, { learningRate });
  await session.step({ indices: Uint32Array.of(2, 0) }, { learningRate: 0.1, epoch: 1 });
  return [
    await model.activations(batch),
    loss,
    gradients,
    await session.metrics(),
    await session.readState(),
  ];
}

const zeros = ({ shape }: Tensor64): Tensor64 => tensor64(shape);

test.each<[keyof ReferenceParts, Partial<ReferenceParts>]>([
  [
    "mathOf",
    {
      mathOf: (layer, name) => {
        const math = referenceParts.mathOf(layer, name);
        return name === "net.0.1" ? { ...math, forward: (_layer, input) => zeros(input) } : math;
      },
    },
  ],
  ["dropoutMask", { dropoutMask: (_mask, _start, kept) => kept.fill(1) }],
  ["loss", { loss: (scores, labels) => ({ ...referenceParts.loss(scores, labels), mean: 7 }) }],
  ["predictedClasses", { predictedClasses: (_scores, count) => Array.from({ length: count }, () => 1) }],
  ["augmentImages", { augmentImages: (images) => images }],
  ["preprocess", { preprocess: (...given) => zeros(referenceParts.preprocess(...given)) }],
  ["stepOptimizer", { stepOptimizer: () => undefined }],
])("%s is replaced in what a model computes", async (_, parts) => {
  expect(await numbersWith({ ...referenceParts })).toEqual(await numbersWith({}));
  expect(await numbersWith(parts)).not.toEqual(await numbersWith({}));
});
