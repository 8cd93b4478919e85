import type { TensorRef } from "../program/command.js";

/** An activation: rows of channels, [images, height, width, stride], zeros past the last channel. */
export interface Value {
  readonly tensor: TensorRef;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Floats from one pixel to the next. */
  readonly stride: number;
  /** Whether it is [N, features] and no image. */
  readonly flat: boolean;
}

/** A loss's derivative by a value; laid out like it. */
export interface Gradient {
  readonly tensor: TensorRef;
  /** Whether it is already 0 wherever the value is not above 0, as the gradient through a ReLU is. */
  readonly masked: boolean;
}

/** Channels are padded to a multiple of this, so that kernels have no remainders. */
const CHANNEL_MULTIPLE = 8;

export function paddedChannels(channels: number): number {
  return Math.ceil(channels / CHANNEL_MULTIPLE) * CHANNEL_MULTIPLE;
}

/** Floats of one image. */
export function imageLength({ height, width, stride }: Omit<Value, "tensor">): number {
  return height * width * stride;
}

/** Values of one image, without padding. */
export function unitCount({ channels, height, width }: Value): number {
  return channels * height * width;
}

/** [1, channels, height, width] or [1, features], as the buffer holds it. */
export function shapeOf({ channels, height, width, flat }: Value): readonly number[] {
  return flat ? [1, channels] : [1, channels, height, width];
}
