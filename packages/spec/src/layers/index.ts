import { avgPool2d } from "./avg-pool2d.js";
import { conv2d } from "./conv2d.js";
import { dropout } from "./dropout.js";
import { flatten } from "./flatten.js";
import { globalAvgPool2d } from "./global-avg-pool2d.js";
import { linear } from "./linear.js";
import { maxPool2d } from "./max-pool2d.js";
import type { NinBlock } from "./nin-block.js";
import { relu } from "./relu.js";

/** The primitive layer kinds: what a backend has to realize. `ninBlock` is made of them. */
export const primitiveKinds = {
  conv2d,
  relu,
  flatten,
  globalAvgPool2d,
  maxPool2d,
  avgPool2d,
  dropout,
  linear,
} as const;

export type PrimitiveKind = keyof typeof primitiveKinds;

/** A layer that a backend realizes. */
export type PrimitiveLayer = {
  [Kind in PrimitiveKind]: ReturnType<(typeof primitiveKinds)[Kind]["parse"]>;
}[PrimitiveKind];

/** An entry of an architecture's `layers`. */
export type Layer = PrimitiveLayer | NinBlock;
export type LayerKindName = Layer["kind"];
