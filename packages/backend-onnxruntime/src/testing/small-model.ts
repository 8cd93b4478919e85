import type { CompileOptions, Model } from "@nin/backend";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import type { Architecture } from "@nin/spec";
import { architectureOf } from "./architectures.js";
import { heParameters, randomBatch } from "./random-case.js";

/** 1x4x4 to three classes, with a dropout. */
export const smallArchitecture: Architecture = architectureOf(
  [1, 4, 4],
  [
    { kind: "ninBlock", outChannels: 3, kernelSize: 3, padding: 1, mlpChannels: [2] },
    { kind: "maxPool2d", kernelSize: 2, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
);

export const smallImages = { channels: 1, height: 4, width: 4, preprocessing: { mean: 0, std: 1 } } as const;

/** The small network on one thread with random parameters, the same every time. */
export async function smallModel(options: CompileOptions = {}): Promise<Model> {
  const model = await createNodeOnnxRuntimeBackend().compile(smallArchitecture, {
    threads: 1,
    maxBatch: 8,
    ...options,
  });
  await model.writeParameters(heParameters(smallArchitecture, 1));
  return model;
}

/** A batch for it. */
export function smallBatch(count = 4, seed = 2): ReturnType<typeof randomBatch> {
  return randomBatch(smallArchitecture, count, seed);
}
