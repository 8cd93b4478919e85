/**
 * TensorFlow.js on native TensorFlow, or with its own WebGPU on Dawn, as a peer in throughput.mjs: its operators in their own
 * layout (NHWC), its automatic gradients and its SGD.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { inferLayers } from "../../../packages/spec/dist/index.js";
import { readMaterial } from "./read-material.mjs";
import { serveSteps } from "./serve-steps.mjs";

const { options, architecture, recipe, parameters, batch } = await readMaterial({
  module: { type: "string" },
  runtime: { type: "string", default: "tensorflow" },
});
const tf = options.runtime === "webgpu" ? await tensorFlowOnDawn() : fromModule("@tensorflow/tfjs-node");
const weights = new Map(
  [...parameters].map(([name, tensor]) => [name, tf.variable(tf.tidy(() => toTensorFlow(tensor)))]),
);
const input = tf.tidy(() => nhwc(batch.input));
const classes = inferLayers(architecture).at(-1).outputShape[0];
const targets = tf.tidy(() =>
  tf.oneHot(tf.tensor1d(Int32Array.from(batch.labels, Number), "int32"), classes),
);
const optimizer = tf.train.sgd(recipe.optimizer.learningRate);
await serveSteps(options.mode === "train" ? trainSteps : predictSteps);

async function trainSteps(steps) {
  const losses = [];
  for (let step = 0; step < steps; step += 1) {
    losses.push(optimizer.minimize(() => tf.losses.softmaxCrossEntropy(targets, forward(input, true)), true));
  }
  const values = await Promise.all(losses.map((loss) => loss.data()));
  tf.dispose(losses);
  return values.every(([loss]) => Number.isFinite(loss));
}

async function predictSteps(steps) {
  let scores;
  for (let step = 0; step < steps; step += 1) {
    const output = tf.tidy(() => forward(input, false));
    scores = await output.data();
    output.dispose();
  }
  return scores.every(Number.isFinite);
}

function forward(images, training) {
  return inferLayers(architecture).reduce((x, placed) => layer(x, placed, training), images);
}

function layer(x, { name, layer: { kind, ...fields } }, training) {
  switch (kind) {
    case "conv2d": {
      const bias = weights.get(`${name}.bias`);
      const output = convolve(x, weights.get(`${name}.weight`), fields);
      return bias === undefined ? output : output.add(bias);
    }
    case "relu":
      return x.relu();
    case "maxPool2d":
      return tf.maxPool(padForCeil(x, fields), fields.kernelSize, fields.stride, "valid");
    case "avgPool2d":
      return tf.avgPool(x, fields.kernelSize, fields.stride, fields.ceilMode ? "same" : "valid");
    case "dropout":
      return training ? tf.dropout(x, fields.rate) : x;
    case "globalAvgPool2d":
      return x.mean([1, 2], true);
    case "flatten":
      return x.transpose([0, 3, 1, 2]).reshape([x.shape[0], -1]);
    case "linear":
      return x.matMul(weights.get(`${name}.weight`), false, true).add(weights.get(`${name}.bias`));
  }
}

/** Its gradient of a convolution knows no explicit padding: "same" where that is equal, else a pad of its own. */
function convolve(x, weight, { kernelSize, stride, padding }) {
  const isSame = [0, 1].every((axis) => stride[axis] === 1 && 2 * padding[axis] === kernelSize[axis] - 1);
  if (isSame) return tf.conv2d(x, weight, stride, "same");
  const [rows, columns] = padding;
  const padded =
    rows + columns === 0
      ? x
      : x.pad([
          [0, 0],
          [rows, rows],
          [columns, columns],
          [0, 0],
        ]);
  return tf.conv2d(padded, weight, stride, "valid");
}

/** TensorFlow has no ceil mode: what a last window lacks is filled with the lowest float. */
function padForCeil(x, { kernelSize, stride, ceilMode }) {
  const after = [0, 1].map((axis) => {
    const extent = x.shape[axis + 1];
    const windows = ceilMode ? Math.ceil((extent - kernelSize[axis]) / stride[axis]) + 1 : 0;
    return Math.max(0, (windows - 1) * stride[axis] + kernelSize[axis] - extent);
  });
  if (after[0] === 0 && after[1] === 0) return x;
  return x.pad(
    [
      [0, 0],
      [0, after[0]],
      [0, after[1]],
      [0, 0],
    ],
    -3.4e38,
  );
}

/** OIHW to HWIO. */
function toTensorFlow({ shape, data }) {
  const tensor = tf.tensor(Float32Array.from(data), [...shape]);
  return shape.length === 4 ? tensor.transpose([2, 3, 1, 0]) : tensor;
}

function nhwc({ shape, data }) {
  return tf.tensor(Float32Array.from(data), [...shape]).transpose([0, 2, 3, 1]);
}

function fromModule(name) {
  return createRequire(join(options.module, "package.json"))(name);
}

/** Its WebGPU wants a browser's `navigator.gpu`: Dawn's, on lavapipe. */
async function tensorFlowOnDawn() {
  const { prepareSoftwareAdapter } = await import("../../../packages/vulkan-driver/dist/index.js");
  await prepareSoftwareAdapter({ prefer: "lavapipe" });
  const { create, globals } = await import(
    createRequire(join(options.module, "package.json")).resolve("webgpu")
  );
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
  const tensorflow = fromModule("@tensorflow/tfjs");
  fromModule("@tensorflow/tfjs-backend-webgpu");
  if (!(await tensorflow.setBackend("webgpu"))) throw new Error("tfjs-webgpu: no WebGPU");
  await tensorflow.ready();
  return tensorflow;
}
