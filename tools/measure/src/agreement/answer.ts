import { createHash } from "node:crypto";
import { type ImageDataset, resizeImages } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import {
  type Architecture,
  at,
  dropoutScale,
  fillDropoutMask,
  inferLayers,
  initialParameters,
  learningRateAt,
  namedParameters,
  type Preprocessing,
  perChannel,
  philox,
  philoxKey,
  shuffledIndices,
} from "@nin/spec";
import type { AgreementRequest } from "./request.js";

/** An answer to each question of a request, by topic. */
export type AgreementAnswer = Readonly<Record<string, readonly unknown[]>>;

/** Our packages' answer to a request, in the form of `tools/pytorch/describe.py`. */
export async function answerOf(request: AgreementRequest): Promise<AgreementAnswer> {
  const { test } = await loadDataset(request.data);
  return {
    words: request.words.map(([seed, position, index, time, purpose]) => {
      const words = new Uint32Array(4);
      philox(philoxKey(seed), position, index, time, purpose, words);
      return [...words];
    }),
    shuffles: request.shuffles.map(([count, seed, epoch]) => sha256(shuffledIndices(count, seed, epoch))),
    masks: request.masks.map(([seed, layerIndex, step, rate, count]) => {
      const kept = new Uint8Array(count);
      fillDropoutMask({ seed, layerIndex, step, rate }, 0, kept);
      return sha256(kept);
    }),
    dropoutScales: request.dropoutScales.map(dropoutScale),
    learningRates: request.recipes.map((recipe) =>
      Array.from({ length: request.totalSteps }, (_, step) =>
        Math.fround(learningRateAt(recipe, step, request.totalSteps)),
      ),
    ),
    architectures: request.architectures.map(describe),
    initialWeights: request.initialWeights.map(([architecture, init, seed]) =>
      Object.fromEntries(
        [...initialParameters(architecture, init, seed)].map(([name, { data }]) => [name, sha256(data)]),
      ),
    ),
    images: request.images.map(([count, architecture, preprocessing]) =>
      describeImages(test, count, architecture, preprocessing),
    ),
  };
}

function describe(architecture: Architecture): unknown {
  return {
    parameters: Object.fromEntries(namedParameters(architecture).map(({ name, shape }) => [name, shape])),
    outputShapes: inferLayers(architecture)
      .filter(({ last }) => last)
      .map(({ outputShape }) => [1, ...outputShape]),
  };
}

function describeImages(
  dataset: ImageDataset,
  count: number,
  architecture: Architecture,
  preprocessing: Preprocessing,
): unknown {
  const { channels, height, width } = architecture.input;
  const source = dataset.images.subarray(0, count * dataset.height * dataset.width);
  const resized = resizeImages(source, dataset, { height, width });
  const plane = height * width;
  const mean = perChannel(preprocessing.mean, channels, "mean");
  const std = perChannel(preprocessing.std, channels, "std");
  const input = Float32Array.from({ length: channels * plane }, (_, index) => {
    const channel = Math.floor(index / plane);
    return (Math.fround(at(resized, index % plane) / 255) - at(mean, channel)) / at(std, channel);
  });
  const every = Math.max(1, Math.floor(input.length / 1000));
  return {
    labels: sha256(dataset.labels.subarray(0, count)),
    bytes: sha256(resized),
    input: [...input].filter((_, index) => index % every === 0),
  };
}

function sha256(array: ArrayBufferView): string {
  return createHash("sha256")
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest("hex");
}
