import type { CompileOptions, Model } from "@nin/backend";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { type Architecture, parseArchitecture } from "@nin/spec";
import { threeClassJson } from "@nin/test-support";
import { heParameters, randomBatch } from "./random-case.js";

/** 1x4x4 to three classes, with a dropout. */
export const smallArchitecture: Architecture = parseArchitecture(threeClassJson);

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
