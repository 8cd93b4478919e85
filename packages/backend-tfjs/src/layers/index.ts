import type { PrimitiveKind, PrimitiveLayer } from "@nin/spec";
import { avgPool2d } from "./avg-pool2d.js";
import { conv2d } from "./conv2d.js";
import { dropout } from "./dropout.js";
import { flatten } from "./flatten.js";
import { globalAvgPool2d } from "./global-avg-pool2d.js";
import type { LayerKernel } from "./layer-kernel.js";
import { linear } from "./linear.js";
import { maxPool2d } from "./max-pool2d.js";
import { relu } from "./relu.js";

const layerKernels: {
  readonly [Kind in PrimitiveKind]: LayerKernel<Extract<PrimitiveLayer, { kind: Kind }>>;
} = { conv2d, relu, flatten, globalAvgPool2d, maxPool2d, avgPool2d, dropout, linear };

/** What computes a layer's kind; it is to be given layers of that kind only. */
export function kernelOf(layer: PrimitiveLayer): LayerKernel<PrimitiveLayer> {
  return layerKernels[layer.kind] as LayerKernel<PrimitiveLayer>;
}
