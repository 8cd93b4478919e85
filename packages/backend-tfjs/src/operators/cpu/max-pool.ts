import { present } from "@nin/spec";
import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";
import type { MaxPooled, Operators } from "../operators.js";
import { imageShape, type PlacedWindow } from "../window.js";

type Pools = Pick<Operators, "poolsPad" | "keepNan" | "maxPool" | "maxPoolGradient">;

/**
 * Max pooling that keeps the maxima's positions. TensorFlow.js's own ignores NaN, also when it searches for the
 * maxima again.
 */
export function cpuMaxPool(tf: TensorFlow): Pools {
  return {
    poolsPad: false,
    keepNan: (pooled) => pooled,
    maxPool: (input, window) => maxPool(tf, input, window),
    maxPoolGradient(outputGradient, [positions, input]) {
      if (positions === undefined || input === undefined) throw new Error("tfjs: a max pool saved nothing");
      return maxPoolGradient(tf, outputGradient, positions, input.shape);
    },
  };
}

/** The images are padded already. Shapes: NHWC. */
function maxPool(tf: TensorFlow, input: DeviceTensor, window: PlacedWindow): MaxPooled {
  const [batch, height, width, channels] = imageShape(input.shape);
  const { kernelSize, stride, outputSize } = window;
  const values = input.dataSync<"float32">();
  const shape: [number, number, number, number] = [batch, outputSize[0], outputSize[1], channels];
  const size = batch * outputSize[0] * outputSize[1] * channels;
  const maxima = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
  const positions = new Int32Array(size);
  let first = 0;
  for (let image = 0; image < batch; image += 1) {
    for (let row = 0; row < outputSize[0]; row += 1) {
      for (let column = 0; column < outputSize[1]; column += 1) {
        const corner = ((image * height + row * stride[0]) * width + column * stride[1]) * channels;
        for (let c = 0; c < channels; c += 1) positions[first + c] = corner + c;
        for (let y = 0; y < kernelSize[0]; y += 1) {
          for (let x = 0; x < kernelSize[1]; x += 1) {
            takeLarger(values, corner + (y * width + x) * channels, { maxima, positions, first, channels });
          }
        }
        first += channels;
      }
    }
  }
  return {
    output: tf.tensor4d(maxima, shape),
    saved: [tf.tensor4d(positions, shape, "int32"), tf.clone(input)],
  };
}

/** The channels of a window, from `first` on. */
interface WindowMaxima {
  readonly maxima: Float32Array;
  readonly positions: Int32Array;
  readonly first: number;
  readonly channels: number;
}

/** Takes a pixel's values where they are larger than what was found so far; NaN counts as the largest. */
function takeLarger(values: Float32Array, pixel: number, found: WindowMaxima): void {
  const { maxima, positions, first, channels } = found;
  for (let c = 0; c < channels; c += 1) {
    const value = present(values[pixel + c]);
    if (value > present(maxima[first + c]) || Number.isNaN(value)) {
      maxima[first + c] = value;
      positions[first + c] = pixel + c;
    }
  }
}

function maxPoolGradient(
  tf: TensorFlow,
  outputGradient: DeviceTensor,
  positions: DeviceTensor,
  inputShape: readonly number[],
): DeviceTensor {
  const [batch, height, width, channels] = imageShape(inputShape);
  const gradient = new Float32Array(batch * height * width * channels);
  const shares = outputGradient.dataSync<"float32">();
  positions.dataSync<"int32">().forEach((position, window) => {
    gradient[position] = present(gradient[position]) + present(shares[window]);
  });
  return tf.tensor4d(gradient, [batch, height, width, channels]);
}
