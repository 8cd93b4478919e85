/**
 * An ordinary program for TensorFlow.js on native TensorFlow, as a peer in throughput.mjs: `tf.sequential`, stock
 * layers, `fit`. Its layers know neither explicit padding nor ceil mode: networks with either are refused.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { inferLayers } from "../../../packages/spec/dist/index.js";
import { readMaterial } from "./read-material.mjs";
import { serveSteps } from "./serve-steps.mjs";

const { options, architecture, recipe, parameters, batch } = await readMaterial({
  module: { type: "string" },
});
const tf = createRequire(join(options.module, "package.json"))("@tensorflow/tfjs-node");
const { channels, height, width } = architecture.input;
const classes = inferLayers(architecture).at(-1).outputShape[0];
const images = tf.tidy(() => nhwc(batch.input));
const targets = tf.tidy(() =>
  tf.oneHot(tf.tensor1d(Int32Array.from(batch.labels, Number), "int32"), classes).toFloat(),
);
const model = tf.sequential({ layers: inferLayers(architecture).flatMap(layersOf).map(withInput) });
model.setWeights([...parameters.values()].map((tensor) => tf.tidy(() => hwio(tensor))));
model.compile({
  optimizer: tf.train.sgd(recipe.optimizer.learningRate),
  loss: (expected, scores) => tf.losses.softmaxCrossEntropy(expected, scores),
});
await serveSteps(options.mode === "train" ? trainSteps : predictSteps);

async function trainSteps(steps) {
  const fitted = await model.fit(images, targets, {
    batchSize: batch.labels.length,
    epochs: steps,
    shuffle: false,
    verbose: 0,
  });
  return fitted.history.loss.every(Number.isFinite);
}

async function predictSteps(steps) {
  let scores;
  for (let step = 0; step < steps; step += 1) {
    const output = model.predict(images, { batchSize: batch.labels.length });
    scores = await output.data();
    output.dispose();
  }
  return scores.every(Number.isFinite);
}

function withInput([create, settings], index) {
  return create(index === 0 ? { ...settings, inputShape: [height, width, channels] } : settings);
}

/** A constructor and its settings. */
function layersOf({ layer: { kind, ...fields } }) {
  const { kernelSize, stride: strides } = fields;
  switch (kind) {
    case "conv2d": {
      const settings = { kernelSize, strides, filters: fields.outChannels, useBias: fields.bias };
      return [[tf.layers.conv2d, { ...settings, padding: paddingOf(fields) }]];
    }
    case "relu":
      return [[tf.layers.activation, { activation: "relu" }]];
    case "maxPool2d":
      if (fields.ceilMode || fields.padding.some((extent) => extent > 0)) throw refusal(kind);
      return [[tf.layers.maxPooling2d, { poolSize: kernelSize, strides }]];
    case "dropout":
      return [[tf.layers.dropout, { rate: fields.rate }]];
    case "globalAvgPool2d":
      return [[tf.layers.globalAveragePooling2d, {}]];
    case "flatten":
      return [];
    default:
      throw refusal(kind);
  }
}

function paddingOf({ kernelSize, stride, padding }) {
  if (padding.every((extent) => extent === 0)) return "valid";
  const same = [0, 1].every((axis) => stride[axis] === 1 && 2 * padding[axis] === kernelSize[axis] - 1);
  if (!same) throw refusal("conv2d");
  return "same";
}

function refusal(kind) {
  return new Error(`tfjs-node-fit: this ${kind} is none of tf.layers'`);
}

function hwio({ shape, data }) {
  const tensor = tf.tensor(Float32Array.from(data), [...shape]);
  return shape.length === 4 ? tensor.transpose([2, 3, 1, 0]) : tensor;
}

function nhwc({ shape, data }) {
  return tf.tensor(Float32Array.from(data), [...shape]).transpose([0, 2, 3, 1]);
}
