import { type Backend, Memo } from "@nin/backend";
import {
  type Augmentation,
  augmentImages,
  builtinRecipe,
  initialParameters,
  parseArchitecture,
  present,
} from "@nin/spec";
import { lacking } from "@nin/test-support";
import { expect, it } from "vitest";
import { createWebGpuBackend } from "./backend.js";
import type { GpuContext } from "./device/gpu-context.js";
import { nodeDevices } from "./node-devices.js";

const device = (await nodeDevices().list()).find(({ available }) => available);

const SEED = 2 ** 36 + 5;
const size = { channels: 1, height: 9, width: 6 };
const IMAGE_BYTES = 9 * 6;
const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "augmented",
  input: { channels: 3, height: 12, width: 11 },
  layers: [
    { kind: "conv2d", outChannels: 8, kernelSize: 3 },
    { kind: "dropout", rate: 0.25 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 300 },
  ],
});
/** The first images are always the same. */
const datasetOf = (count: number) => ({
  images: Uint8Array.from({ length: count * IMAGE_BYTES }, (_, byte) => 1 + ((byte * 7919) % 255)),
  labels: Uint16Array.from({ length: count }, (_, image) => 299 - ((25 * image) % 300)),
});
const dataset = datasetOf(11);
const both = { horizontalFlip: 0.5, cropPadding: 3 };
const STEPS = [0, 7].flatMap((epoch) =>
  [Uint32Array.of(10, 0, 3, 3, 6), Uint32Array.of(1, 8)].map((indices) => ({ epoch, indices })),
);

/** What `indices` batches amount to. */
function imagesOf(indices: Uint32Array, epoch: number, augmentation: Augmentation | undefined) {
  const images = Uint8Array.from(
    [...indices].flatMap((index) => [
      ...dataset.images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES),
    ]),
  );
  const labels = Uint16Array.from(indices, (index) => present(dataset.labels[index]));
  if (augmentation === undefined) return { images, labels };
  return { images: augmentImages(images, size, augmentation, { seed: SEED, epoch }, indices), labels };
}

const source = nodeDevices();
const opened = new Memo<string, GpuContext>();

/** A backend whose adapter binds at most so many bytes. All of them have one device. */
function backendOf(maxBindingBytes: number): Backend {
  return createWebGpuBackend({
    list: source.list,
    open: async (id) => {
      const context = await opened.get(id, () => source.open(id));
      const traits = { ...context.traits, maxBindingBytes };
      // Its pipelines are those of the device that was opened.
      return new Proxy(context, {
        get: (target, name) => {
          const value = name === "traits" ? traits : Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  });
}

async function trained(
  maxBindingBytes: number,
  augmentation: Augmentation | undefined,
  kind: "indices" | "images",
  kept = dataset,
) {
  const preprocessing = { mean: 0.4, std: 0.3 };
  await using model = await backendOf(maxBindingBytes).compile(architecture, {
    maxBatch: 5,
    imageFormat: { ...size, preprocessing },
    ...(device === undefined ? {} : { device: device.id }),
  });
  await model.writeParameters(initialParameters(architecture, builtinRecipe("d2l").init, 1));
  const options = augmentation === undefined ? {} : { augmentation };
  const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0 } as const;
  const session = await model.train({ optimizer, seed: SEED, dataset: kept, ...options });
  for (const { epoch, indices } of STEPS) {
    const batch = kind === "indices" ? { indices } : imagesOf(indices, epoch, augmentation);
    await session.step(batch, { learningRate: 0.1, epoch });
  }
  const { losses } = await session.metrics();
  const { microBatch } = model.realization?.() ?? {};
  return { microBatch, losses, state: await session.readState() };
}

/** Large enough for two images, and for eleven in bytes. */
const TWO_IMAGES = 17_000;
/** Large enough for a whole batch. */
const ONE_BATCH = 100_000;
const UNLIMITED = 2 ** 26;

it("images on the device have the bits of those of `augmentImages`", async ({ skip }) => {
  if (device === undefined) return lacking("webgpu", "there is no adapter", skip);
  const actual = await trained(UNLIMITED, both, "indices");
  expect(actual).toEqual(await trained(UNLIMITED, both, "images"));
  expect(actual.losses).not.toEqual((await trained(UNLIMITED, undefined, "indices")).losses);
  return undefined;
});

it("images of a batch in parts have the same bits", async ({ skip }) => {
  if (device === undefined) return lacking("webgpu", "there is no adapter", skip);
  const actual = await trained(TWO_IMAGES, both, "indices");
  expect(Number(actual.microBatch)).toBeLessThan(5);
  expect(actual).toEqual(await trained(TWO_IMAGES, both, "images"));
  return undefined;
});

it.for([undefined, both])(
  "a data set that no binding holds is trained on from the host, augmented by %o",
  async (augmentation, { skip }) => {
    if (device === undefined) return lacking("webgpu", "there is no adapter", skip);
    const many = datasetOf(2000);
    expect(many.images.length).toBeGreaterThan(ONE_BATCH);
    const { losses, state, microBatch } = await trained(ONE_BATCH, augmentation, "indices", many);
    expect(microBatch).toBe("5");
    expect({ losses, state, microBatch }).toEqual(await trained(UNLIMITED, augmentation, "indices", many));
    return undefined;
  },
);
