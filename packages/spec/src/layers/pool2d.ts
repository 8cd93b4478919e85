import type { FieldReader } from "../reading/field-reader.js";
import type { Size2d, SizeField } from "./layer-kind.js";
import type { Shape } from "./tensor.js";
import { imageShape, windowCount } from "./window.js";

/** What an author writes of a pool. */
export interface Pool2dFields {
  readonly kernelSize: SizeField;
  readonly stride: SizeField;
  /** On each side, at most half the kernel; 0 by default. */
  readonly padding?: SizeField;
  /** Whether a last window may run past the padded input; `false` by default. */
  readonly ceilMode?: boolean;
}

/** The fields that both kinds of pool share. */
export interface Pool2d {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly ceilMode: boolean;
}

export function parsePool2d(fields: FieldReader): Pool2d {
  const kernelSize = fields.size("kernelSize");
  const padding = fields.padding("padding");
  if (2 * padding[0] > kernelSize[0] || 2 * padding[1] > kernelSize[1]) {
    fields.fail("padding", "at most half the kernel");
  }
  return { kernelSize, stride: fields.size("stride"), padding, ceilMode: fields.boolean("ceilMode", false) };
}

export function pool2dOutputShape(layer: Pool2d, input: Shape, path: string): Shape {
  const [channels, height, width] = imageShape(input, path);
  return [
    channels,
    windowCount(height, layer, 0, layer.ceilMode, `${path}.kernelSize`),
    windowCount(width, layer, 1, layer.ceilMode, `${path}.kernelSize`),
  ];
}
