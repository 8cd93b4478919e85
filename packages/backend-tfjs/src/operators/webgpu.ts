import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";
import type { Operators } from "./operators.js";
import { portableOperators } from "./portable.js";
import type { PlacedWindow } from "./window.js";

const IMAGE_AXES = [1, 2];

/**
 * The operators of TensorFlow.js's WebGPU backend. Of equal maxima its pool gives the gradient to the last one:
 * it is given the image the other way round, where that is the first.
 */
export function webGpuOperators(tf: TensorFlow): Operators {
  const portable = portableOperators(tf);
  return {
    ...portable,
    poolsPad: false,
    maxPoolGradient(outputGradient, [input, output], window) {
      if (input === undefined || output === undefined) throw new Error("tfjs: a max pool saved nothing");
      const covered = coveredShape(input, window);
      const turned = [tf.slice(input, [0, 0, 0, 0], covered), output, outputGradient].map((image) =>
        tf.reverse(image, IMAGE_AXES),
      );
      const [turnedInput, turnedOutput, turnedGradient] = turned;
      if (turnedInput === undefined || turnedOutput === undefined || turnedGradient === undefined) {
        throw new Error("tfjs: an image was lost");
      }
      const gradient = portable.maxPoolGradient(turnedGradient, [turnedInput, turnedOutput], window);
      const beyond = input.shape.map((extent, axis): [number, number] => [0, extent - (covered[axis] ?? 0)]);
      return tf.pad(tf.reverse(gradient, IMAGE_AXES), beyond);
    },
  };
}

/** The part of an image that windows cover: only there do windows from the other end lie in the same places. */
function coveredShape({ shape }: DeviceTensor, { kernelSize, stride, outputSize }: PlacedWindow): number[] {
  const [batch = 0, , , channels = 0] = shape;
  return [
    batch,
    (outputSize[0] - 1) * stride[0] + kernelSize[0],
    (outputSize[1] - 1) * stride[1] + kernelSize[1],
    channels,
  ];
}
