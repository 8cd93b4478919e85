import { at, elementCount } from "@nin/spec";
import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";
import type { Operators } from "../operators.js";
import { addForward, addInputGradient, addWeightGradient, type ChannelCounts } from "./products.js";
import { forEachRow, geometryOf } from "./window-rows.js";

type Convolutions = Pick<Operators, "convolve" | "weightGradient" | "inputGradient">;

/**
 * Convolutions in plain loops. TensorFlow.js's own gradients on the `cpu` backend of 4.22 read and write element by
 * element through accessors: an image of `nin-mnist` takes them half a minute, with the event loop waiting.
 * Sums are float64. Shapes: images NHWC, weights HWIO.
 */
export function cpuConvolution(tf: TensorFlow): Convolutions {
  return {
    convolve(input, weight, bias, window) {
      const batch = at(input.shape, 0);
      const counts = channelCounts(weight.shape);
      const shape = [batch, ...window.outputSize, counts.outChannels];
      const sums = repeated(bias, shape);
      const [x, w] = [valuesOf(input), valuesOf(weight)];
      forEachRow(geometryOf(input.shape, window), batch, (row) => addForward(x, w, sums, row, counts));
      return tensorOf(tf, sums, shape);
    },
    weightGradient(input, outputGradient, window, weightShape) {
      const batch = at(input.shape, 0);
      const counts = channelCounts(weightShape);
      const sums = new Float64Array(elementCount(weightShape));
      const [x, dy] = [valuesOf(input), valuesOf(outputGradient)];
      forEachRow(geometryOf(input.shape, window), batch, (row) =>
        addWeightGradient(x, dy, sums, row, counts),
      );
      return tensorOf(tf, sums, weightShape);
    },
    inputGradient(weight, outputGradient, window, inputShape) {
      const batch = at(inputShape, 0);
      const counts = channelCounts(weight.shape);
      const sums = new Float64Array(elementCount(inputShape));
      const [w, dy] = [valuesOf(weight), valuesOf(outputGradient)];
      forEachRow(geometryOf(inputShape, window), batch, (row) => addInputGradient(w, dy, sums, row, counts));
      return tensorOf(tf, sums, inputShape);
    },
  };
}

function channelCounts(weightShape: readonly number[]): ChannelCounts {
  return { inChannels: at(weightShape, -2), outChannels: at(weightShape, -1) };
}

/** The bias at each pixel; zeros without one. */
function repeated(bias: DeviceTensor | undefined, shape: readonly number[]): Float64Array {
  const sums = new Float64Array(elementCount(shape));
  if (bias === undefined) return sums;
  const values = valuesOf(bias);
  for (let start = 0; start < sums.length; start += values.length) sums.set(values, start);
  return sums;
}

function valuesOf(tensor: DeviceTensor): Float32Array {
  return tensor.dataSync<"float32">();
}

function tensorOf(tf: TensorFlow, sums: Float64Array, shape: readonly number[]): DeviceTensor {
  return tf.tensor(Float32Array.from(sums), [...shape], "float32");
}
