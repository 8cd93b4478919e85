import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Batch, LabelledBatch, Precision } from "@nin/backend";
import { type Architecture, builtinRecipe, parseArchitecture, present } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { createWebGpuBackend } from "./backend.js";
import type { AdapterTraits } from "./device/adapter-traits.js";
import { matmulKernels } from "./kernels/matmul/matmul.js";
import { openNullDevice } from "./testing/null-device.js";

// Every kernel of the package through Dawn's compiler, those for features that no adapter here has too: a
// mistake in them is found without a GPU. What they compute is not checked here.

interface Adapter {
  readonly traits: Partial<AdapterTraits>;
  readonly precision: Precision;
}

/** Those of every adapter; Dawn's backend that computes nothing has no more workgroup memory. */
const limits = { maxComputeWorkgroupStorageSize: 16 * 1024, maxComputeInvocationsPerWorkgroup: 256 };
const SOFTWARE = { software: true, subgroups: true, tensorCores: [] } as const;
const GPU = { software: false, subgroups: true, half: true, tensorCores: [], limits } as const;

/** What NVIDIA's GPUs multiply at once, f16 into f32, by Dawn's `subgroupMatrixConfigs`. */
const TENSOR_CORES = [
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 8, lanes: 32 },
] as const;

const ADAPTERS: readonly Adapter[] = [
  { traits: SOFTWARE, precision: "f32" },
  { traits: GPU, precision: "f32" },
  ...TENSOR_CORES.map(
    (config): Adapter => ({ traits: { ...GPU, tensorCores: [config] }, precision: "mixed" }),
  ),
];

const CHOICES = ADAPTERS.flatMap(({ traits, precision }) =>
  matmulKernels(traits as AdapterTraits, precision).flatMap(({ name }) =>
    [1, Number.POSITIVE_INFINITY].map((winogradChannels) => ({
      ...{ traits, precision },
      kernels: { matmul: name, winogradChannels },
    })),
  ),
);

const conv = (kernelSize: number, more: object = {}) =>
  ({ kind: "conv2d", outChannels: 40, kernelSize, ...more }) as const;

/** Between them, every command of a network in all its variants. */
const ARCHITECTURES: readonly Architecture[] = [
  parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "blocks",
    input: { channels: 3, height: 24, width: 24 },
    layers: [
      conv(5, { padding: 2 }),
      { kind: "relu" },
      conv(3, { padding: 1, bias: false }),
      { kind: "relu" },
      conv(5, { padding: 2 }),
      { kind: "relu" },
      { kind: "maxPool2d", kernelSize: 3, stride: 2 },
      { kind: "relu" },
      conv(3, { stride: 2 }),
      { kind: "dropout", rate: 0.5 },
      conv(1, { bias: false }),
      { kind: "relu" },
      conv(1),
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
    ],
  }),
  parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "flat",
    input: { channels: 8, height: 8, width: 8 },
    layers: [
      conv(3),
      { kind: "avgPool2d", kernelSize: 2, stride: 2 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 10 },
    ],
  }),
  // Its sums over pixels have many segments.
  parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "wide",
    input: { channels: 8, height: 200, width: 200 },
    layers: [conv(1), { kind: "globalAvgPool2d" }, { kind: "flatten" }],
  }),
];

const COUNT = 2;
const OPTIMIZERS = [
  builtinRecipe("robust").optimizer,
  { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 },
  { kind: "adamw", learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
] as const;
const labels = new Uint8Array(COUNT);

/** The texts of all modules that were compiled. */
const compiled: string[] = [];
const whyNot = await openNullDevice(GPU).then(
  () => undefined,
  (error: unknown) => `Dawn's null backend cannot be had: ${error}`,
);

describe.each(CHOICES)("$precision by $kernels.matmul, winograd from $kernels.winogradChannels", (choice) => {
  it.each(ARCHITECTURES)("$name", async (architecture) => {
    const context = await openNullDevice(choice.traits);
    const { device } = context;
    const createShaderModule = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      compiled.push(descriptor.code);
      return createShaderModule(descriptor);
    };
    await runEverything(architecture, choice, context);
    await device.queue.onSubmittedWorkDone();
    context.throwFailure();
    device.destroy();
  });
});

async function runEverything(
  architecture: Architecture,
  { precision, kernels }: (typeof CHOICES)[number],
  context: Awaited<ReturnType<typeof openNullDevice>>,
): Promise<void> {
  const { channels, height, width } = architecture.input;
  const backend = createWebGpuBackend(
    {
      list: async () => [{ id: "null", name: "null", available: true }],
      open: async () => context,
    },
    { kernels },
  );
  const images = { channels, height: 2 * height, width: 2 * width, preprocessing: { mean: 0, std: 1 } };
  await using model = await backend.compile(architecture, {
    precision,
    maxBatch: COUNT,
    imageFormat: images,
  });
  const bytes = new Uint8Array(COUNT * channels * 4 * height * width);
  const floats = { shape: [COUNT, channels, height, width], data: new Float32Array(bytes.length / 4) };
  const batches: readonly (Batch & LabelledBatch)[] = [
    { input: floats, labels },
    { images: bytes, labels },
  ];
  for (const batch of batches) {
    await model.predict(batch);
    await model.gradients(batch);
  }
  await model.activations({ input: floats });
  for (const optimizer of OPTIMIZERS) {
    await using session = await model.train({ optimizer, seed: 0, dataset: { images: bytes, labels } });
    await session.step({ indices: Uint32Array.of(0, 1) }, { learningRate: 0.1 });
    for (const batch of batches) await session.evaluate(batch);
    await session.metrics();
  }
  const augmentation = { horizontalFlip: 0.5, cropPadding: 1 };
  const dataset = { images: bytes, labels };
  await using session = await model.train({ optimizer: OPTIMIZERS[0], seed: 0, dataset, augmentation });
  await session.step({ indices: Uint32Array.of(0, 1) }, { learningRate: 0.1, epoch: 1 });
  await session.metrics();
}

describe.each(TENSOR_CORES)(
  "kernels of more workgroup memory than that, by matrices of $m by $n by $k",
  (config) => {
    const able = {
      ...GPU,
      tensorCores: [config],
      limits: { ...limits, maxComputeWorkgroupStorageSize: 48 * 1024 },
    };
    const known = matmulKernels({ ...able, limits } as unknown as AdapterTraits, "mixed").map(
      ({ name }) => name,
    );
    const larger = matmulKernels(able as unknown as AdapterTraits, "mixed").filter(
      ({ name }) => !known.includes(name),
    );

    it.for(larger)("$name", async ({ convolution, weightGradient }, { skip }) => {
      if (whyNot !== undefined) return lacking("webgpu", whyNot, skip);
      const { device } = await openNullDevice(able);
      for (const { code } of [convolution, weightGradient]) {
        const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
        expect(messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`)).toEqual([]);
      }
      return undefined;
    });

    it("are there", () => expect(larger).toHaveLength(3));
  },
);

/** WGSL in a source file; templates with code in their placeholders, which functions fill in, are left to others. */
const TEMPLATE = /\/\* wgsl \*\/ `((?:[^`$]|\$\{[\w ./*()]+\})*)`/g;

/** What the source has between placeholders, where that is long enough to be found again. */
function piecesOf(source: string): readonly string[] {
  return [...source.matchAll(TEMPLATE)]
    .flatMap(([, template]) => present(template).split(/\$\{[^}]*\}/))
    .filter((piece) => piece.length > 40);
}

it("compiles all WGSL of the package", async ({ skip }) => {
  if (whyNot !== undefined) return lacking("webgpu", whyNot, skip);
  const folder = fileURLToPath(new URL("kernels/", import.meta.url));
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => file.endsWith(".ts") && !file.includes(".test."),
  );
  const sources = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const pieces = sources.flatMap(piecesOf);
  expect(pieces.length).toBeGreaterThan(40);
  expect(pieces.filter((piece) => !compiled.some((code) => code.includes(piece)))).toEqual([]);
  return undefined;
});
