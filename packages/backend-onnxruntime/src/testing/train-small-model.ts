import type { Backend, CompileOptions } from "@nin/backend";
import { defineArchitecture, type NamedTensors } from "@nin/spec";
import { ADAMW } from "./optimizers.js";
import { heParameters, randomBatch } from "./random-case.js";

/** Every kind of layer that a network of the tutorial has, small enough for any device. Imported by pages: nothing of Node. */
export const pageArchitecture = defineArchitecture({
  input: { channels: 1, height: 8, width: 8 },
  layers: [
    { kind: "ninBlock", outChannels: 8, kernelSize: 3, padding: 1 },
    { kind: "maxPool2d", kernelSize: 3, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "ninBlock", outChannels: 3, kernelSize: 3, padding: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
});

const STEPS = 3;

/** What a short training gives, as plain data that leaves a page. */
export interface SmallTraining {
  readonly losses: readonly number[];
  readonly scores: readonly number[];
  readonly realization: Readonly<Record<string, string>>;
}

/** Three steps of a small network with dropout, the same on every backend, and the scores after them. */
export async function trainSmallModel(backend: Backend, options: CompileOptions): Promise<SmallTraining> {
  await using model = await backend.compile(pageArchitecture, { ...options, maxBatch: 8 });
  await model.writeParameters(pageParameters());
  await using session = await model.train({ optimizer: ADAMW, seed: 3 });
  for (let step = 0; step < STEPS; step += 1) {
    await session.step(randomBatch(pageArchitecture, 8, step), { learningRate: 0.01 });
  }
  const { losses } = await session.metrics();
  const { data } = await model.predict(randomBatch(pageArchitecture, 4, 9));
  return { losses, scores: [...data], realization: model.realization() };
}

export function pageParameters(): NamedTensors {
  return heParameters(pageArchitecture, 1);
}
