import type { PlacedLayer } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";

/**
 * A batch's activations inside a graph.
 *
 * `hwnc` has shape [height, width, images, channels]: a 1x1 convolution is one large product, and
 * a spatial shift moves contiguous blocks. `nhwc` is what the network's input comes in. `flat` is
 * [images, features].
 */
export interface FeatureMap {
  readonly layout: "hwnc" | "nhwc" | "flat";
  readonly value: Value;
}

/** What a layer's formulation writes to. */
export interface LayerContext {
  /** Runs once per micro-batch. */
  readonly body: GraphBuilder;
  /** Runs once per step, before the micro-batches: transforms of weights. May be `body` itself. */
  readonly prologue: GraphBuilder;
  /** Images in a micro-batch. */
  readonly images: number;
  /** Declares a parameter of the network, with the shape it has inside graphs. */
  parameter(name: string, shape: readonly number[]): Value;
  /** The dropout mask of the layer at a position, 1 and 0, or none outside training. */
  dropoutMask(position: number, shape: readonly number[]): Value | undefined;
  /** Hands over a parameter's gradient for one micro-batch, in the parameter's shape; these are added up. */
  gradient(name: string, value: Value): void;
}

/** A layer written into a graph, and how to write its backward pass. */
export interface LayerProgram {
  readonly output: FeatureMap;
  /**
   * Writes the parameters' gradients, and the input's when it is wanted.
   *
   * @param outputGradient in the shape of `output`
   */
  backward(outputGradient: Value, wantsInputGradient: boolean): Value | undefined;
}

/** How one layer kind is written. */
export type Formulation<Layer> = (
  context: LayerContext,
  placed: PlacedLayer & { readonly layer: Layer },
  input: FeatureMap,
) => LayerProgram;
