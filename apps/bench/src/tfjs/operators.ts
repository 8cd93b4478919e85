import { at, entry, inferLayers, type PlacedLayer, present } from "@nin/spec";
import type * as Tf from "@tensorflow/tfjs-core";
import { type TfjsBatch, TfjsProgram, unsupported } from "./program.js";

type TensorFlow = typeof Tf;
type Pair = readonly [number, number];
type Weights = ReadonlyMap<string, Tf.Variable>;

/**
 * TensorFlow.js as a baseline, as one writes a program for it: its operators in their own layout (NHWC), its
 * automatic gradients and its SGD.
 */
export class TfjsOperators extends TfjsProgram {
  #weights: Weights = new Map();
  #optimizer: Tf.SGDOptimizer | undefined;
  #dropout = true;

  begin(dropout: boolean): void {
    this.#dropout = dropout;
    for (const weight of this.#weights.values()) weight.dispose();
    this.#weights = new Map(
      [...this.job.parameters].map(([name, tensor]) => [name, this.tf.variable(this.toTensorFlow(tensor))]),
    );
    this.#optimizer = this.tf.train.sgd(this.job.recipe.optimizer.learningRate);
  }

  weights(): Weights {
    return this.#weights;
  }

  async train(steps: number, { input, targets }: TfjsBatch): Promise<readonly number[]> {
    const { tf } = this;
    const optimizer = present(this.#optimizer);
    const loss = (): Tf.Scalar => tf.losses.softmaxCrossEntropy(targets, this.#forward(input, this.#dropout));
    const losses = Array.from({ length: steps }, () => present(optimizer.minimize(loss, true)));
    const values = await Promise.all(losses.map((value) => value.data()));
    tf.dispose(losses);
    return values.map((value) => present(value[0]));
  }

  async predict({ input }: TfjsBatch): Promise<ArrayLike<number>> {
    const output = this.tf.tidy(() => this.#forward(input, false));
    const scores = await output.data();
    output.dispose();
    return scores;
  }

  #forward(input: Tf.Tensor, training: boolean): Tf.Tensor {
    const layers = inferLayers(this.job.architecture);
    return layers.reduce((x, placed) => applyLayer(this.tf, x, placed, this.#weights, training), input);
  }
}

/** One layer of TensorFlow.js on an image batch in NHWC; `training` says whether dropout is on. */
function applyLayer(
  tf: TensorFlow,
  x: Tf.Tensor,
  { name, layer }: PlacedLayer,
  weights: Weights,
  training: boolean,
): Tf.Tensor {
  switch (layer.kind) {
    case "conv2d": {
      const bias = weights.get(`${name}.bias`);
      const output = convolve(tf, x, entry(weights, `${name}.weight`), layer);
      return bias === undefined ? output : tf.add(output, bias);
    }
    case "relu":
      return tf.relu(x);
    case "maxPool2d":
      return tf.maxPool(
        padForCeil(tf, x, layer) as Tf.Tensor4D,
        pair(layer.kernelSize),
        pair(layer.stride),
        "valid",
      );
    case "avgPool2d": {
      const padding = layer.ceilMode ? "same" : "valid";
      return tf.avgPool(x as Tf.Tensor4D, pair(layer.kernelSize), pair(layer.stride), padding);
    }
    case "dropout":
      return training ? tf.dropout(x, layer.rate) : x;
    case "globalAvgPool2d":
      return tf.mean(x, [1, 2], true);
    case "flatten":
      return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [at(x.shape, 0), -1]);
    case "linear":
      return tf.add(
        tf.matMul(x, entry(weights, `${name}.weight`), false, true),
        entry(weights, `${name}.bias`),
      );
    default:
      throw unsupported(`the TensorFlow.js baseline has no layer ${(layer as { kind: string }).kind}`);
  }
}

/** Its gradient of a convolution knows no explicit padding: "same" where that is equal, else a pad of its own. */
function convolve(
  tf: TensorFlow,
  x: Tf.Tensor,
  weight: Tf.Tensor,
  {
    kernelSize,
    stride,
    padding,
  }: { readonly kernelSize: Pair; readonly stride: Pair; readonly padding: Pair },
): Tf.Tensor {
  const filter = weight as Tf.Tensor4D;
  const isSame = ([0, 1] as const).every(
    (axis) => stride[axis] === 1 && 2 * padding[axis] === kernelSize[axis] - 1,
  );
  if (isSame) return tf.conv2d(x as Tf.Tensor4D, filter, pair(stride), "same");
  const [rows, columns] = padding;
  const isPadded = rows + columns > 0;
  const padded = isPadded ? tf.pad(x, [...EDGE, [rows, rows], [columns, columns], ...EDGE]) : x;
  return tf.conv2d(padded as Tf.Tensor4D, filter, pair(stride), "valid");
}

/** TensorFlow has no ceil mode: what a last window lacks is filled with the lowest float. */
function padForCeil(
  tf: TensorFlow,
  x: Tf.Tensor,
  {
    kernelSize,
    stride,
    ceilMode,
  }: { readonly kernelSize: Pair; readonly stride: Pair; readonly ceilMode: boolean },
): Tf.Tensor {
  const missing = (axis: 0 | 1): number => {
    const extent = at(x.shape, axis + 1);
    const windows = ceilMode ? Math.ceil((extent - kernelSize[axis]) / stride[axis]) + 1 : 0;
    return Math.max(0, (windows - 1) * stride[axis] + kernelSize[axis] - extent);
  };
  const [rows, columns] = [missing(0), missing(1)];
  return rows + columns === 0 ? x : tf.pad(x, [...EDGE, [0, rows], [0, columns], ...EDGE], -3.4e38);
}

const EDGE: readonly [number, number][] = [[0, 0]];

function pair([first, second]: Pair): [number, number] {
  return [first, second];
}
