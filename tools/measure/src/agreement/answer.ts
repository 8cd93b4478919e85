import { createHash } from "node:crypto";
import { resizeImages } from "../../../packages/data/dist/index.js";
import { loadDataset } from "../../../packages/data/dist/node.js";
import {
  dropoutScale,
  fillDropoutMask,
  inferLayers,
  initialParameters,
  learningRateAt,
  namedParameters,
  perChannel,
  philox,
  philoxKey,
  shuffledIndices,
} from "../../../packages/spec/dist/index.js";

/** Our packages' answer to a request, in the form of scripts/pytorch/describe.py. */
export async function answerOf(request) {
  const { test } = await loadDataset(request.data);
  return {
    words: request.words.map(([seed, ...counter]) => {
      const words = new Uint32Array(4);
      philox(philoxKey(seed), ...counter, words);
      return [...words];
    }),
    shuffles: request.shuffles.map(([count, seed, epoch]) => sha256(shuffledIndices(count, seed, epoch))),
    masks: request.masks.map(([seed, position, step, rate, count]) => {
      const kept = new Uint8Array(count);
      fillDropoutMask({ seed, position, step, rate }, 0, kept);
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

function describe(architecture) {
  return {
    parameters: Object.fromEntries(namedParameters(architecture).map(({ name, shape }) => [name, shape])),
    outputShapes: inferLayers(architecture)
      .filter(({ last }) => last)
      .map(({ outputShape }) => [1, ...outputShape]),
  };
}

function describeImages(dataset, count, architecture, preprocessing) {
  const { channels, height, width } = architecture.input;
  const source = dataset.images.subarray(0, count * dataset.height * dataset.width);
  const resized = resizeImages(source, dataset, { height, width });
  const plane = height * width;
  const mean = perChannel(preprocessing.mean, channels, "mean");
  const std = perChannel(preprocessing.std, channels, "std");
  const input = Float32Array.from({ length: channels * plane }, (_, at) => {
    const channel = Math.floor(at / plane);
    return (Math.fround(resized[at % plane] / 255) - mean[channel]) / std[channel];
  });
  const every = Math.max(1, Math.floor(input.length / 1000));
  return {
    labels: sha256(dataset.labels.subarray(0, count)),
    bytes: sha256(resized),
    input: [...input].filter((_, at) => at % every === 0),
  };
}

function sha256(array) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}
