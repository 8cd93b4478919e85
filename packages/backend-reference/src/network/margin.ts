import { type PrimitiveKind, present } from "@nin/spec";
import { forEachWindow, type WindowElements } from "../layers/pool2d.js";
import type { Tensor64 } from "../tensors/tensor64.js";
import type { LayerRun } from "./network.js";

/**
 * How far a batch is from a kink, where two right answers in finite precision may differ: for a
 * ReLU the smallest |input|, for a max pool the smallest gap between a window's two largest
 * elements, each over the root mean square of the layer's input.
 *
 * Exact zeros are excluded from both: they come from a ReLU below, or from zeros times anything, are
 * zero in every precision, and pass no gradient on.
 */
export interface Margin {
  /** The smallest of all; infinity for a network without such layers. */
  readonly smallest: number;
  /** Of each ReLU and max pool by name: `net.0.1`, `net.1`. */
  readonly layers: ReadonlyMap<string, number>;
}

/** The margin of a forward pass. */
export function marginOf(runs: Iterable<LayerRun>): Margin {
  const layers = new Map<string, number>();
  for (const run of runs) {
    const distance = distancesToKink[run.placed.layer.kind];
    if (distance !== "smooth") layers.set(run.placed.name, distance(run) / rootMeanSquare(run.input.data));
  }
  return { smallest: Math.min(...layers.values()), layers };
}

/** How far a layer's input is from its kinks, or that its kind has none. */
const distancesToKink: Readonly<Record<PrimitiveKind, "smooth" | ((run: LayerRun) => number)>> = {
  conv2d: "smooth",
  linear: "smooth",
  relu: ({ input }) => smallestMagnitude(input.data),
  maxPool2d: smallestGap,
  avgPool2d: "smooth",
  globalAvgPool2d: "smooth",
  flatten: "smooth",
  dropout: "smooth",
};

function smallestMagnitude(values: Float64Array): number {
  return values.reduce(
    (smallest, value) => (value === 0 ? smallest : Math.min(smallest, Math.abs(value))),
    Number.POSITIVE_INFINITY,
  );
}

function smallestGap({ placed: { layer }, input, output }: LayerRun): number {
  let smallest = Number.POSITIVE_INFINITY;
  if (layer.kind !== "maxPool2d") return smallest;
  forEachWindow(layer, input, output, (window) => {
    const [first, second] = twoLargest(input, window);
    if (first !== 0 || second !== 0) smallest = Math.min(smallest, first - second);
  });
  return smallest;
}

function twoLargest({ data }: Tensor64, { rows, columns, plane, width }: WindowElements): [number, number] {
  let first = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  for (let y = rows.start; y < rows.end; y += 1) {
    for (let x = columns.start; x < columns.end; x += 1) {
      const value = present(data[plane + y * width + x]);
      if (value > first) [first, second] = [value, first];
      else if (value > second) second = value;
    }
  }
  return [first, second];
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
