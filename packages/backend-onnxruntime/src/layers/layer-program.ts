import type { PlacedLayer } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import type { FeatureMap } from "../layouts/feature-map.js";

/** What a layer is written into. */
export interface LayerContext {
  /** Runs once per micro-batch. */
  readonly body: GraphBuilder;
  /** Runs once per step, before the micro-batches: transforms of weights. May be `body` itself. */
  readonly prologue: GraphBuilder;
  /** Declares a parameter of the network, with the shape it has inside graphs. */
  parameter(name: string, shape: readonly number[]): Value;
  /** The dropout mask of a layer, of ones and zeros; `undefined` outside training. */
  dropoutMask(layerIndex: number): Value | undefined;
  /**
   * Adds a parameter's gradient for one micro-batch, in the parameter's shape; those of all micro-batches are summed.
   *
   * @param write writes it, once the whole backward pass is written
   */
  gradient(name: string, write: () => Value): void;
}

/** A layer written into a graph, and how to write its backward pass. */
export interface LayerProgram {
  readonly output: FeatureMap;
  /**
   * Writes the gradients of the parameters, and that of the input when it is wanted.
   *
   * @param outputGradient in the shape of `output`
   * @returns the input's gradient, in the input's layout
   */
  backward(outputGradient: Value, wantsInputGradient: boolean): Value | undefined;
}

/** Writes a layer of one kind. */
export type Formulation<Layer> = (
  context: LayerContext,
  placed: PlacedLayer & { readonly layer: Layer },
  input: FeatureMap,
) => LayerProgram;
