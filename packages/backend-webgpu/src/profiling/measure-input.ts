import type { Dataset, ImageFormat } from "@nin/backend";
import { type Architecture, type Augmentation, philoxKey } from "@nin/spec";
import { writeBytes } from "../device/buffers.js";
import type { GpuContext } from "../device/gpu-context.js";
import { INFERENCE, packStepUniforms } from "../kernels/step-uniforms.js";
import { keepDataset } from "../runtime/dataset.js";
import { GpuNetwork } from "../runtime/gpu-network.js";

/** What is measured, and how often. */
export interface InputMeasurementOptions {
  readonly imageFormat: ImageFormat;
  readonly dataset: Dataset;
  /** The number of images in a batch, which must be one micro-batch. */
  readonly batch: number;
  readonly augmentation: Augmentation;
  readonly rounds: number;
  /** The number of batches in each round. */
  readonly runs: number;
  /** The time since some moment, `performance.now` by default; or the processor's, where it is the device. Units: ms. */
  readonly clock?: () => number;
}

/** How long a batch's input takes from indices on, in each round. Units: milliseconds of a batch, its submission included. */
export interface InputMeasurement {
  readonly plainMs: readonly number[];
  readonly augmentedMs: readonly number[];
}

/**
 * Times the program that gathers a batch from the data set on the device, resizes and scales it, with and without an
 * augmentation in turn.
 *
 * @param context - a device of `openProfilingDevice`
 */
export async function measureInput(
  context: GpuContext,
  architecture: Architecture,
  options: InputMeasurementOptions,
): Promise<InputMeasurement> {
  const { imageFormat, batch, augmentation, rounds, runs } = options;
  const networkOptions = { maxBatch: batch, precision: "f32", imageFormat } as const;
  const [plain, augmented] = [
    new GpuNetwork(context, architecture, networkOptions),
    new GpuNetwork(context, architecture, networkOptions),
  ];
  try {
    const runPlain = await inputRuns(plain, options, undefined);
    const runAugmented = await inputRuns(augmented, options, augmentation);
    const plainMs: number[] = [];
    const augmentedMs: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const turns = [
        { run: runPlain, times: plainMs },
        { run: runAugmented, times: augmentedMs },
      ];
      for (const { run, times } of round % 2 === 0 ? turns : turns.toReversed()) {
        const ms = await run(runs);
        // The first round warms up.
        if (round >= 0) times.push(ms);
      }
    }
    context.throwFailure();
    return { plainMs, augmentedMs };
  } finally {
    await plain.dispose();
    await augmented.dispose();
  }
}

/** Fills the input some times, and gives the time of one. */
async function inputRuns(
  network: GpuNetwork,
  { dataset, batch, clock = () => performance.now() }: InputMeasurementOptions,
  augmentation: Augmentation | undefined,
): Promise<(runs: number) => Promise<number>> {
  const { device } = network.context;
  const stage = await network.stage("inference");
  await keepDataset(network, dataset, augmentation);
  const program = await stage.input("dataset");
  const indices = Uint32Array.from({ length: batch }, (_, n) => (n * 7919) % dataset.labels.length);
  writeBytes(device, network.persistent.ensure("indices", 0), indices);
  return async (runs) => {
    await device.queue.onSubmittedWorkDone();
    const start = clock();
    for (let run = 0; run < runs; run += 1) {
      const step = {
        ...INFERENCE,
        ...{ imageCount: batch, firstImage: 0, batchSize: batch, accumulate: false },
        ...{ epoch: run, key: philoxKey(1), gradientScale: 1 },
      };
      device.queue.writeBuffer(network.stepUniforms, 0, packStepUniforms([step]));
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      program.encode(pass, batch, 0);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
    await device.queue.onSubmittedWorkDone();
    return (clock() - start) / runs;
  };
}
