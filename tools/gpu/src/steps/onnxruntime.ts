import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DeviceId,
  DirectEngine,
  type DirectSettings,
  deviceTraits,
  matmulOnDevice,
  type ProfiledKernel,
  readProfiles,
  stepWork,
  type WholeBatch,
} from "@nin/backend-onnxruntime/profiling";
import { statisticsOf } from "@nin/measure";
import {
  type Architecture,
  at,
  builtinArchitecture,
  builtinRecipe,
  classCount,
  elementCount,
  initialParameters,
  type Optimizer,
  present,
} from "@nin/spec";
import { strayKernels } from "../judging/stray-kernels.js";
import { relativeL2, verdictOf } from "../judging/verdict.js";
import type { Report, StepOptions, StepResult } from "../step.js";

const PROVIDERS: Readonly<Record<string, string>> = {
  cpu: "CPUExecutionProvider",
  cuda: "CUDAExecutionProvider",
};
const FASHION = { channels: 1, height: 28, width: 28, preprocessing: { mean: 0, std: 1 } };

/** Extents of the product of the step `tf32`. */
const PRODUCT = { rows: 256, inner: 512, columns: 192 };
/** Float32 products of this size are within 1e-6; TF32's, with factors of 10 bits, some 3e-4 off. */
const PRODUCT_TOLERANCE = 1e-5;

/**
 * Whether a product is computed with TF32, by its numbers and not by an option: the backend multiplies two matrices in
 * the environment that this process was given.
 */
export async function tf32({ device, threads }: StepOptions): Promise<StepResult> {
  const { rows, inner, columns } = PRODUCT;
  const a = noiseTensor([rows, inner], 1);
  const b = noiseTensor([inner, columns], 2);
  const computed = await matmulOnDevice(a, b, { device: device as DeviceId, threads });
  const difference = relativeL2(computed, productInFloat64(a.data, b.data));
  const { NVIDIA_TF32_OVERRIDE = null } = process.env;
  const name = "product compared with float64";
  return {
    ...verdictOf([{ name, difference, tolerance: PRODUCT_TOLERANCE }]),
    tf32: difference > PRODUCT_TOLERANCE,
    NVIDIA_TF32_OVERRIDE,
  };
}

const PLACED_MODELS = ["nin", "nin-mnist", "nin-cifar10"];
/** The number of images in a micro-batch: a prime that is no factor of any other extent. */
const PLACED_MICRO_BATCH = 17;
/** Two micro-batches, the second one not full. */
const PLACED_COUNT = 20;
const OPTIMIZERS: readonly Optimizer[] = [
  { kind: "sgd", learningRate: 0.01, momentum: 0.9, weightDecay: 0.01 },
  { kind: "adamw", learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
];

/** Where every kernel ran, from ONNX Runtime's profile of every kind of program, from floats and from bytes. */
export async function placement({ device, threads }: StepOptions, report: Report): Promise<StepResult> {
  const models: StepResult[] = [];
  for (const name of PLACED_MODELS) {
    models.push({ model: name, ...(await placementOf(builtinArchitecture(name), device, threads)) });
    report({ passed: false, models });
  }
  return { passed: models.every(({ passed }) => passed === true), models };
}

async function placementOf(architecture: Architecture, device: string, threads: number): Promise<StepResult> {
  const provider = present(PROVIDERS[device], device);
  const folder = await mkdtemp(join(tmpdir(), "nin-placement-"));
  try {
    const programs = programsOf(architecture);
    for (const [index, use] of programs.entries()) {
      // Each with a prefix of its own: the runtime adds no more than the second to a file's name.
      const settings = { device: device as DeviceId, threads, profilePrefix: join(folder, `${index}`) };
      await use(settings);
    }
    const { profiles, kernels } = await readProfiles(folder);
    const elsewhere = strayKernels(kernels, provider, PLACED_MICRO_BATCH);
    const onDevice = kernels.filter((kernel: ProfiledKernel) => kernel.provider === provider).length;
    const isComplete = profiles === programs.length && onDevice > 0;
    const passed = isComplete && elsewhere.every(({ hasBatch }) => !hasBatch);
    return { passed, programs: profiles, kernels: kernels.length, onDevice, elsewhere };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Functions that run one program each, with the settings they are given. */
function programsOf(architecture: Architecture): readonly ((settings: DirectSettings) => Promise<void>)[] {
  const { channels, height, width } = architecture.input;
  const images = noiseTensor([PLACED_COUNT, channels, height, width], 2).data;
  const bytes = noiseTensor([PLACED_COUNT, channels, 28, 28], 3).data;
  const classes = classCount(architecture);
  const labels = Int32Array.from({ length: PLACED_COUNT }, (_, index) => index % classes);
  const batches: readonly WholeBatch[] = [
    { kind: "input", count: PLACED_COUNT, images },
    { kind: "images", count: PLACED_COUNT, images: Uint8Array.from(bytes, (value) => 128 * (value + 1)) },
  ];
  const init = { weight: "heUniform", bias: "uniformFanIn", overrides: {} } as const;
  const options = {
    architecture,
    parameters: initialParameters(architecture, init, 1),
    maxBatch: PLACED_COUNT,
    microBatch: PLACED_MICRO_BATCH,
    imageFormat: { channels, height: 28, width: 28, preprocessing: { mean: 0.3, std: 0.4 } },
  };
  const uses = batches.flatMap((batch): readonly ((engine: DirectEngine) => Promise<unknown>)[] => [
    (engine) => engine.predict(batch),
    (engine) => engine.activations(batch),
    (engine) => engine.gradients(batch, labels),
    ...OPTIMIZERS.map(
      (optimizer) => (engine: DirectEngine) =>
        engine.trainer(optimizer).train(batch, labels, optimizer.learningRate),
    ),
  ]);
  return uses.map((use) => async (settings) => {
    const engine = new DirectEngine(settings, options);
    await use(engine);
    await engine.release();
  });
}

/** How the steps of a training are run. */
interface Way {
  readonly stepsPerRun: number;
  readonly maskThreads: number;
  /** The parts of a batch. */
  readonly microBatches: number;
}

const SLICES = 3;
/** One thing after another done otherwise than the backend does it on a GPU. */
const OTHERWISE: readonly Partial<Way>[] = [
  {},
  ...[1, 4, 48].map((stepsPerRun) => ({ stepsPerRun })),
  ...[0, 1, 4].map((maskThreads) => ({ maskThreads })),
  ...[2, 4, 16].map((microBatches) => ({ microBatches })),
];

/** Training images a second by how steps are run, in this thread, from a data set of bytes. */
export async function runs(options: StepOptions, report: Report): Promise<StepResult> {
  const { device, threads, model, batches, seconds } = options;
  const { run, maskThreads } = deviceTraits("cuda");
  const batchSize = Math.max(...batches);
  const work = stepWork(builtinArchitecture(model), batchSize);
  const { stepsPerRun } = run(builtinRecipe("d2l").optimizer, work);
  const usual = { stepsPerRun, maskThreads, microBatches: 1 };
  const measured = [];
  for (const otherwise of OTHERWISE) {
    const settings = { device: device as DeviceId, threads };
    measured.push(await measureWay(settings, model, batchSize, { ...usual, ...otherwise }, seconds));
    report({ passed: false, model, batchSize, measured });
  }
  return { passed: measured.every(({ finite }) => finite), model, batchSize, measured };
}

async function measureWay(
  settings: DirectSettings,
  model: string,
  batchSize: number,
  way: Way,
  seconds: number,
) {
  const architecture = builtinArchitecture(model);
  const recipe = builtinRecipe("d2l");
  const engine = new DirectEngine(settings, {
    ...{ architecture, maxBatch: batchSize, microBatch: Math.ceil(batchSize / way.microBatches) },
    ...{ parameters: initialParameters(architecture, recipe.init, 0), imageFormat: FASHION },
  });
  const { stepsPerRun, maskThreads } = way;
  const trainer = engine.trainer(recipe.optimizer, {
    stepsPerRun,
    maskThreads,
    updatesOnHost: false,
    dataset: datasetOf(batchSize),
  });
  const indices = Uint32Array.from({ length: batchSize }, (_, index) => index);
  const train = async (steps: number): Promise<number> => {
    const begin = performance.now();
    for (let step = 0; step < steps; step += 1) {
      await trainer.train(
        { kind: "indices", count: batchSize, indices },
        undefined,
        recipe.optimizer.learningRate,
      );
    }
    await trainer.settle();
    return performance.now() - begin;
  };
  await train(stepsPerRun);
  const warmUpMs = await train(stepsPerRun);
  const runCount = Math.max(1, Math.round((1000 * seconds) / SLICES / warmUpMs));
  const speeds: number[] = [];
  for (let slice = 0; slice < SLICES; slice += 1) {
    const steps = runCount * stepsPerRun;
    speeds.push((1000 * steps * batchSize) / (await train(steps)));
  }
  const finite = trainer.takeLosses().every(Number.isFinite);
  await trainer.dispose();
  await engine.release();
  return { ...way, finite, imagesPerSecond: statisticsOf(speeds) };
}

function datasetOf(count: number) {
  const { height, width } = FASHION;
  return {
    images: Uint8Array.from({ length: count * height * width }, (_, index) => (index * 7919) % 256),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  };
}

/** Numbers in [-1, 1), the same for a seed every time. */
function noiseTensor(shape: readonly number[], seed: number) {
  let state = seed;
  const data = Float32Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { shape, data };
}

function productInFloat64(a: Float32Array, b: Float32Array): Float64Array {
  const { rows, inner, columns } = PRODUCT;
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let term = 0; term < inner; term += 1) {
      const factor = at(a, row * inner + term);
      for (let column = 0; column < columns; column += 1) {
        const index = row * columns + column;
        result[index] = at(result, index) + factor * at(b, term * columns + column);
      }
    }
  }
  return result;
}
