import { builtinArchitecture, type Tensor } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { fromGraphLayout, toGraphLayout } from "../layouts/parameter-layout.js";
import { NodeMaskThread } from "../node/mask-thread.js";
import { architectureOf } from "../testing/architectures.js";
import { cpuPlatform } from "../testing/cpu-platform.js";
import { ADAMW, SGD } from "../testing/optimizers.js";
import { heParameters, randomBatch } from "../testing/random-case.js";
import { OptimizerMemory } from "../update/optimizer-memory.js";
import { DEVICE_TRAITS, stepWork } from "./device-traits.js";
import { type FloatTensor, floatTensor } from "./feeds.js";
import { ProgramRunner } from "./program-runner.js";
import type { CheckedBatch } from "./protocol.js";
import { Trainer, type TrainerRun } from "./trainer.js";

const IMAGES = 9;
const architecture = architectureOf(
  [2, 7, 6],
  [
    { kind: "ninBlock", outChannels: 16, kernelSize: 3, padding: 1, mlpChannels: [8] },
    { kind: "dropout", rate: 0.3 },
    { kind: "maxPool2d", kernelSize: 3, stride: 2 },
    { kind: "flatten" },
    { kind: "dropout", rate: 0.5 },
    { kind: "linear", outFeatures: 4 },
  ],
);
const dataset = {
  images: Uint8Array.from({ length: IMAGES * 2 * 7 * 6 }, (_, byte) => (byte * 7919) % 256),
  labels: Uint8Array.from({ length: IMAGES }, (_, image) => image % 4),
};
const options = {
  architecture,
  device: "cpu",
  threads: 1,
  maxBatch: 4,
  imageFormat: { channels: 2, height: 7, width: 6, preprocessing: { mean: 0.5, std: 0.5 } },
} as const;
/** Two sizes of batches, and one that is no part of the data set. */
const batches: readonly CheckedBatch[] = [
  ...[0, 4, 2].map((first) => indices([first, first + 1, first + 2, first + 3])),
  indices([8]),
  { kind: "input", count: 4, images: Float32Array.from(randomBatch(architecture, 4, 1).input.data) },
  ...[1, 5, 3].map((first) => indices([first, first + 1, first + 2, first + 3])),
];

/** Before this step someone writes parameters and state. */
const WRITTEN_AT = 5;

function halved({ shape, data }: Tensor): Tensor {
  return { shape, data: Float32Array.from(data, (value) => 0.5 * value) };
}

function indices(of: readonly number[]): CheckedBatch {
  return { kind: "indices", count: of.length, indices: Uint32Array.from(of) };
}

test.each([
  ["nin", 32, 1],
  ["nin-xl", 1, 1],
  ["alexnet?size=80", 32, 8],
  ["vgg11?size=32", 128, 8],
  ["alexnet", 32, 8],
  ["alexnet", 128, 1],
  ["vgg11", 32, 1],
])(
  "where copying parameters takes long compared with computing, a run has several steps on the processor: %s, batch %d",
  (name, batch, stepsPerRun) => {
    const work = stepWork(builtinArchitecture(name), batch);
    expect(DEVICE_TRAITS.cpu.run(SGD, work)).toEqual({ stepsPerRun, updatesOnHost: false });
    expect(DEVICE_TRAITS.cpu.run(ADAMW, work)).toMatchObject({ updatesOnHost: true });
  },
);

describe.each([SGD, ADAMW])("training with %o", (optimizer) => {
  test.each([
    { memoryFor: OptimizerMemory.create, maskThreads: 0, microBatch: 4 },
    { memoryFor: OptimizerMemory.create, maskThreads: 1, microBatch: 3 },
    { stepsPerRun: 2, maskThreads: 0, microBatch: 4 },
    { stepsPerRun: 3, maskThreads: 2, microBatch: 4 },
    { stepsPerRun: 64, maskThreads: 1, microBatch: 3 },
  ])("gives the same bits with %o as step by step", async ({ microBatch, ...traits }) => {
    const together = await trained(microBatch, traits);
    expect(together).toEqual(await trained(microBatch, { stepsPerRun: 1, maskThreads: 0 }));
    expect(together.losses).toHaveLength(batches.length);
  });

  async function trained(
    microBatch: number,
    { maskThreads, ...run }: Omit<TrainerRun, "maskThreads"> & { readonly maskThreads: number },
  ) {
    const runner = new ProgramRunner({ device: "cpu", threads: 1 }, cpuPlatform);
    const parameters: Record<string, FloatTensor> = Object.fromEntries(
      [...heParameters(architecture, 1)].map(([name, tensor]) => {
        const { shape, data } = toGraphLayout(tensor);
        return [name, floatTensor(data, shape)];
      }),
    );
    const setup = { optimizer, seed: 4, dataset };
    const script = new URL("../../dist/node/mask-worker.js", import.meta.url);
    const threads = Array.from({ length: maskThreads }, () => new NodeMaskThread(script));
    const trainer = new Trainer(options, runner, microBatch, setup, parameters, {
      ...run,
      maskThreads: threads,
    });
    for (const [step, batch] of batches.entries()) {
      if (step === WRITTEN_AT) {
        await trainer.settle();
        for (const [name, { dims, data }] of Object.entries(parameters))
          parameters[name] = floatTensor(
            data.map((value) => 0.5 * value),
            dims,
          );
        trainer.writeState(trainer.optimizerState().map(([name, tensor]) => [name, halved(tensor)]));
      }
      const labels = batch.kind === "indices" ? undefined : Uint8Array.of(0, 1, 2, 3);
      await trainer.train(batch, labels, { step: 3 + step, learningRate: 0.01 * (1 + step), epoch: 0 });
    }
    await trainer.settle();
    const state = trainer.optimizerState();
    await trainer.dispose();
    await runner.release();
    const weights = Object.entries(parameters).map(([name, { dims, data }]) => [
      name,
      fromGraphLayout({ shape: dims, data: Float32Array.from(data) }),
    ]);
    return { losses: trainer.takeLosses(), weights, state };
  }
});
