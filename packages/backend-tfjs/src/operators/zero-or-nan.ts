import type { DeviceTensor } from "../runtime/tensorflow.js";
import { imageShape } from "./window.js";

/** Matrices of a device. */
export interface Matrices {
  product(a: DeviceTensor, b: DeviceTensor): DeviceTensor;
  reshape(tensor: DeviceTensor, shape: number[]): DeviceTensor;
  zeros(shape: [number, number]): DeviceTensor;
}

/**
 * For each image 0, or NaN where something is not finite: 0 times NaN is NaN. In two products, of which the first reads
 * the image once, in its order. Shapes: NHWC to [N, 1, 1, 1].
 */
export function zeroOrNan({ product, reshape, zeros }: Matrices, image: DeviceTensor): DeviceTensor {
  const [batch, height, width, channels] = imageShape(image.shape);
  const pixels = height * width;
  const ofPixels = product(reshape(image, [batch * pixels, channels]), zeros([channels, 1]));
  const ofImages = product(reshape(ofPixels, [batch, pixels]), zeros([pixels, 1]));
  return reshape(ofImages, [batch, 1, 1, 1]);
}
