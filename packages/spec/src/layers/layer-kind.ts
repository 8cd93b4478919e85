import type { FieldReader } from "../reading/field-reader.js";
import type { Shape } from "./tensor.js";

/** [height, width]. */
export type Size2d = readonly [number, number];

/** As an author writes a size: one number for both axes, or [height, width]. */
export type SizeField = number | Size2d;

/** A parameter that a layer owns; `fanIn` and `fanOut` scale its initial values. */
export interface ParameterSpec {
  readonly role: "weight" | "bias";
  readonly shape: Shape;
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * What the spec knows of a primitive layer kind: how its JSON is read, and what follows from it.
 * Shapes have no batch dimension: [channels, height, width], or [features].
 */
export interface LayerKind<Layer> {
  readonly kind: string;
  /**
   * Reads the kind's fields.
   *
   * @throws `SpecError` naming the field.
   */
  parse(fields: FieldReader): Layer;
  /** @throws `SpecError` under `path` when the input does not suit the layer. */
  outputShape(layer: Layer, input: Shape, path: string): Shape;
  parameters(layer: Layer, input: Shape): readonly ParameterSpec[];
  /** Multiply-accumulates of one image's forward pass. */
  macs(layer: Layer, input: Shape, output: Shape): number;
}
