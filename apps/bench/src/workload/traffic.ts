import { type Architecture, elementCount, inferLayers, type PlacedLayer } from "@nin/spec";
import type { Mode } from "../protocol/messages.js";

/** Operations and memory traffic of a batch or an image. */
export interface Traffic {
  /** Additions and multiplications of convolutions and matrix products: two per multiply-accumulate. */
  readonly flops: number;
  /** What memory must move at least, with a cache within a layer and none between layers. */
  readonly bytes: number;
}

const FLOAT_BYTES = 4;

/**
 * The work of one image, and the bytes of a whole batch: forward, every layer reads its input and its
 * weights and writes its output; backward, it also reads its output's gradient, its input and its
 * weights again, and writes its input's and its weights' gradients. ReLU and flatten are computed in
 * place of their neighbours and move nothing.
 */
export function trafficOf(architecture: Architecture, batch: number, mode: Mode): Traffic {
  const placed = inferLayers(architecture);
  const parts = placed.map((layer) => layerTraffic(layer, batch, mode, isFirstWeighted(layer, placed)));
  return {
    flops: parts.reduce((sum, { flops }) => sum + flops, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** A layer's operations per image and its bytes per batch. The first weighted layer has no input gradient. */
export function layerTraffic(layer: PlacedLayer, batch: number, mode: Mode, isFirst: boolean): Traffic {
  const { macs, inputShape, outputShape, parameters } = layer;
  const moves = layer.layer.kind !== "relu" && layer.layer.kind !== "flatten";
  const input = moves ? batch * elementCount(inputShape) : 0;
  const output = moves ? batch * elementCount(outputShape) : 0;
  const weights = parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const forward = input + output + weights;
  if (mode === "forward") return { flops: 2 * macs, bytes: FLOAT_BYTES * forward };
  const backward = output + input + 2 * weights + (isFirst ? 0 : input);
  return { flops: 2 * macs * (isFirst ? 2 : 3), bytes: FLOAT_BYTES * (forward + backward) };
}

/** Whether no layer before it has parameters. */
export function isFirstWeighted(layer: PlacedLayer, placed: readonly PlacedLayer[]): boolean {
  return placed.find(({ macs }) => macs > 0) === layer;
}
