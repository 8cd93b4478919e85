/**
 * TensorFlow.js as a baseline in an ordinary program: `tf.sequential`, stock layers, `fit`. These layers have
 * neither explicit padding nor a ceil mode: networks with either are refused.
 */
import { at, inferLayers } from "@nin/spec";
import { TfjsProgram, unsupported } from "../dist/tfjs/program.js";
import { serveBaseline } from "./tfjs-baseline.mjs";

class SequentialBaseline extends TfjsProgram {
  #model;

  begin(dropout) {
    const { tf } = this;
    const { architecture, parameters, recipe } = this.job;
    const { channels, height, width } = architecture.input;
    this.#model?.dispose();
    const layers = inferLayers(architecture).flatMap(({ layer }) => layersOf(tf, layer, dropout));
    this.#model = tf.sequential({
      layers: layers.map(([create, settings], index) =>
        create(index === 0 ? { ...settings, inputShape: [height, width, channels] } : settings),
      ),
    });
    const weights = [...parameters.values()].map((tensor) => this.toTensorFlow(tensor));
    this.#model.setWeights(weights);
    tf.dispose(weights);
    this.#model.compile({
      optimizer: tf.train.sgd(recipe.optimizer.learningRate),
      loss: (expected, scores) => tf.losses.softmaxCrossEntropy(expected, scores),
    });
  }

  weights() {
    const weights = this.#model.getWeights();
    return new Map([...this.job.parameters.keys()].map((name, index) => [name, at(weights, index)]));
  }

  async train(steps, { input, targets }) {
    const settings = { batchSize: at(input.shape, 0), epochs: steps, shuffle: false, verbose: 0 };
    const { history } = await this.#model.fit(input, targets, settings);
    return history.loss;
  }

  async predict({ input }) {
    const output = this.#model.predict(input, { batchSize: at(input.shape, 0) });
    const scores = await output.data();
    output.dispose();
    return scores;
  }
}

/** The stock layers of one layer of ours: constructors with their settings. */
function layersOf(tf, { kind, ...fields }, dropout) {
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
      return dropout ? [[tf.layers.dropout, { rate: fields.rate }]] : [];
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
  return unsupported(`the stock layers of TensorFlow.js have no such ${kind}`);
}

await serveBaseline(SequentialBaseline);
