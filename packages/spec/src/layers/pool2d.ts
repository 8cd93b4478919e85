import type { FieldReader } from "../reading/field-reader.js";
import type { Size2d } from "./layer-kind.js";
import type { Shape } from "./tensor.js";
import { imageShape, windowCount } from "./window.js";

/** The fields that both kinds of pool share. */
export interface Pool2dFields {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly ceilMode: boolean;
}

export function parsePool2d(fields: FieldReader): Pool2dFields {
  const kernelSize = fields.size("kernelSize");
  const padding = fields.padding("padding");
  if (2 * padding[0] > kernelSize[0] || 2 * padding[1] > kernelSize[1]) {
    fields.fail("padding", "at most half the kernel");
  }
  return { kernelSize, stride: fields.size("stride"), padding, ceilMode: fields.boolean("ceilMode", false) };
}

export function pool2dOutputShape(layer: Pool2dFields, input: Shape, path: string): Shape {
  const [channels, height, width] = imageShape(input, path);
  return [
    channels,
    windowCount(height, layer, 0, layer.ceilMode, `${path}.kernelSize`),
    windowCount(width, layer, 1, layer.ceilMode, `${path}.kernelSize`),
  ];
}
