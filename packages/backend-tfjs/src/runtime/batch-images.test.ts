import { augmentImages, initialParameters, parseArchitecture, present } from "@nin/spec";
import { expect, test } from "vitest";
import { createTensorFlowBackend } from "../backend.js";
import { openCpu } from "../devices/cpu.js";
import { Runtime } from "./runtime.js";

const SEED = 2 ** 50 + 1;
const size = { channels: 3, height: 5, width: 6 };
const IMAGE_BYTES = 3 * 5 * 6;
const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "augmented",
  input: { channels: 3, height: 7, width: 6 },
  layers: [{ kind: "dropout", rate: 0.25 }, { kind: "flatten" }, { kind: "linear", outFeatures: 300 }],
});
const dataset = {
  images: Uint8Array.from({ length: 9 * IMAGE_BYTES }, (_, byte) => 1 + ((byte * 7919) % 255)),
  labels: Uint16Array.from({ length: 9 }, (_, image) => 299 - 31 * image),
};
const augmentation = { horizontalFlip: 0.5, cropPadding: 2 };
const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0 } as const;
const STEPS = [0, 4].flatMap((epoch) =>
  [Uint32Array.of(8, 0, 3, 3, 6), Uint32Array.of(1, 7)].map((indices) => ({ epoch, indices })),
);

function imagesOf(indices: Uint32Array, epoch: number) {
  const images = Uint8Array.from(
    [...indices].flatMap((index) => [
      ...dataset.images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES),
    ]),
  );
  const labels = Uint16Array.from(indices, (index) => present(dataset.labels[index]));
  return { images: augmentImages(images, size, augmentation, { seed: SEED, epoch }, indices), labels };
}

/** Losses and state of training in parts of two images. */
async function trained(kind: "indices" | "images", augments: boolean) {
  const cpu = await openCpu();
  const runtime = new Runtime({ ...cpu, microBatchBytes: 2 * 300 * Float32Array.BYTES_PER_ELEMENT });
  const device = { id: "cpu", name: "plain loops", available: true };
  const backend = createTensorFlowBackend({ list: async () => [device], open: async () => runtime });
  await using model = await backend.compile(architecture, {
    maxBatch: 5,
    imageFormat: { ...size, preprocessing: { mean: 0.4, std: 0.3 } },
  });
  const init = { weight: "heUniform", bias: "uniformFanIn", overrides: {} } as const;
  await model.writeParameters(initialParameters(architecture, init, 1));
  const options = augments ? { augmentation } : {};
  const session = await model.train({ optimizer, seed: SEED, dataset, ...options });
  for (const { epoch, indices } of STEPS) {
    const batch = kind === "indices" ? { indices } : imagesOf(indices, epoch);
    await session.step(batch, { learningRate: 0.1, epoch });
  }
  const { losses } = await session.metrics();
  return { losses, state: await session.readState() };
}

test("augmented batches of the data set, in parts, have the bits of those of `augmentImages`, and 300 labels", async () => {
  const actual = await trained("indices", true);
  expect(actual.losses).toHaveLength(STEPS.length);
  expect(actual).toEqual(await trained("images", true));
  expect(actual.losses).not.toEqual((await trained("indices", false)).losses);
});
