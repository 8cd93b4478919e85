/**
 * TensorFlow.js as a baseline, as one writes a program for it: its operators in their own layout (NHWC), its
 * automatic gradients and its SGD.
 */
import { inferLayers } from "@nin/spec";
import { serveBaseline, TfjsBaseline, unsupported } from "./tfjs-baseline.mjs";

class OperatorsBaseline extends TfjsBaseline {
  #weights = new Map();
  #optimizer;
  #dropout = true;

  begin(dropout) {
    this.#dropout = dropout;
    for (const weight of this.#weights.values()) weight.dispose();
    this.#weights = new Map(
      [...this.job.parameters].map(([name, tensor]) => [name, this.tf.variable(this.toTensorFlow(tensor))]),
    );
    this.#optimizer = this.tf.train.sgd(this.job.recipe.optimizer.learningRate);
  }

  weights() {
    return this.#weights;
  }

  async train(steps, { input, targets }) {
    const { tf } = this;
    const loss = () => tf.losses.softmaxCrossEntropy(targets, this.#forward(input, this.#dropout));
    const losses = Array.from({ length: steps }, () => this.#optimizer.minimize(loss, true));
    const values = await Promise.all(losses.map((value) => value.data()));
    tf.dispose(losses);
    return values.map(([value]) => value);
  }

  async predict({ input }) {
    const output = this.tf.tidy(() => this.#forward(input, false));
    const scores = await output.data();
    output.dispose();
    return scores;
  }

  #forward(input, training) {
    const layers = inferLayers(this.job.architecture);
    return layers.reduce((x, placed) => applyLayer(this.tf, x, placed, this.#weights, training), input);
  }
}

/** One layer of TensorFlow.js on an image batch in NHWC; `training` says whether dropout is on. */
function applyLayer(tf, x, { name, layer: { kind, ...fields } }, weights, training) {
  switch (kind) {
    case "conv2d": {
      const bias = weights.get(`${name}.bias`);
      const output = convolve(tf, x, weights.get(`${name}.weight`), fields);
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
    default:
      throw unsupported(`the TensorFlow.js baseline has no layer ${kind}`);
  }
}

/** Its gradient of a convolution knows no explicit padding: "same" where that is equal, else a pad of its own. */
function convolve(tf, x, weight, { kernelSize, stride, padding }) {
  const isSame = [0, 1].every((axis) => stride[axis] === 1 && 2 * padding[axis] === kernelSize[axis] - 1);
  if (isSame) return tf.conv2d(x, weight, stride, "same");
  const [rows, columns] = padding;
  const pads = [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ];
  return tf.conv2d(rows + columns === 0 ? x : x.pad(pads), weight, stride, "valid");
}

/** TensorFlow has no ceil mode: what a last window lacks is filled with the lowest float. */
function padForCeil(x, { kernelSize, stride, ceilMode }) {
  const after = [0, 1].map((axis) => {
    const extent = x.shape[axis + 1];
    const windows = ceilMode ? Math.ceil((extent - kernelSize[axis]) / stride[axis]) + 1 : 0;
    return Math.max(0, (windows - 1) * stride[axis] + kernelSize[axis] - extent);
  });
  if (after[0] === 0 && after[1] === 0) return x;
  const pads = [
    [0, 0],
    [0, after[0]],
    [0, after[1]],
    [0, 0],
  ];
  return x.pad(pads, -3.4e38);
}

await serveBaseline(OperatorsBaseline);
