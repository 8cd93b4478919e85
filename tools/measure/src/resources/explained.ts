import { type BatchMemory, inferenceMemory, trainingMemory } from "@nin/backend-onnxruntime/profiling";
import { builtinArchitecture, builtinRecipe, summarize } from "@nin/spec";
import { sampleFormat } from "../support/sample-training.js";
import type { ResidentCase } from "./resident.js";

/** A case's memory by formula. Units: bytes. */
export interface Explained {
  /** What a textbook adds up: each of these once. */
  readonly textbook: {
    readonly parameters: number;
    readonly optimizerState: number;
    readonly gradients: number;
    /** In training every layer's output for a micro-batch, in inference the largest input and output of a layer. */
    readonly activations: number;
    readonly sum: number;
  };
  /**
   * What the program that we run on ONNX Runtime has: what it is fed, its constants, which JavaScript keeps as well, zeros, the
   * arena, and the results as JavaScript gets them; in training gradients and optimizer state in memory of the host.
   */
  readonly program: BatchMemory & {
    readonly hostBytes: number;
    readonly sum: number;
  };
}

/** AdamW's moments. */
const STATE_TENSORS = 2;

/** @returns what the memory of a case should be, without measuring anything */
export function explain({ model, batch, work }: ResidentCase): Explained {
  const architecture = builtinArchitecture(model);
  const { parameterBytes, activationBytes, peakActivationBytes } = summarize(architecture);
  const isTraining = work === "training";
  const options = { architecture, batch, imageFormat: sampleFormat(architecture) };
  const { optimizer } = builtinRecipe("robust");
  const memory = isTraining
    ? trainingMemory({ ...options, optimizer })
    : { ...inferenceMemory(options), hostBytes: 0 };
  const { microBatchSize, fedBytes, constantBytes, zeroBytes, arenaBytes, resultBytes, hostBytes } = memory;
  const textbook = {
    parameters: parameterBytes,
    optimizerState: isTraining ? STATE_TENSORS * parameterBytes : 0,
    gradients: isTraining ? parameterBytes : 0,
    activations: microBatchSize * (isTraining ? activationBytes : peakActivationBytes),
  };
  return {
    textbook: { ...textbook, sum: Object.values(textbook).reduce((sum, part) => sum + part, 0) },
    program: {
      ...memory,
      sum: fedBytes + 2 * constantBytes + zeroBytes + arenaBytes + resultBytes + hostBytes,
    },
  };
}
