import type * as TensorFlowCore from "@tensorflow/tfjs-core";

/** TensorFlow.js: whichever copy of it a device came with. */
export type TensorFlow = typeof TensorFlowCore;

/** A tensor on a device. Images are NHWC, convolution weights HWIO, linear weights [out, in]. */
export type DeviceTensor = TensorFlowCore.Tensor;
