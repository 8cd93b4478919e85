import { elementCount, type Shape } from "@nin/spec";
import type { JsonReader } from "./json-reader.js";

/** A small tensor, whole. */
export interface WholeTensor {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** What is kept of a larger tensor. */
export interface TensorStatistics {
  readonly shape: Shape;
  readonly sum: number;
  /** Sum of magnitudes. */
  readonly l1: number;
  /** Root of the sum of squares. */
  readonly l2: number;
  /** Largest magnitude. */
  readonly largest: number;
  /** Elements at `samplePositions`. */
  readonly samples: readonly number[];
  /** Sums of all elements with the signs of `projectionSigns`, one after the other. */
  readonly projections: readonly number[];
}

export type TensorDigest = WholeTensor | TensorStatistics;

/** Throws: `FixtureError` naming the path. */
export function readTensorDigest(json: JsonReader): TensorDigest {
  const shape = json
    .field("shape")
    .array()
    .map((extent) => extent.wholeNumber(1));
  if (json.has("data")) {
    const data = json.field("data").numbers();
    if (data.length !== elementCount(shape)) json.field("data").fail(`${elementCount(shape)} numbers`);
    return { shape, data };
  }
  const projections = json.field("projections").numbers();
  if (projections.length === 0) json.field("projections").fail("at least one number");
  return {
    shape,
    sum: json.field("sum").number(),
    l1: json.field("l1").notNegative(),
    l2: json.field("l2").notNegative(),
    largest: json.field("largest").notNegative(),
    samples: json.field("samples").numbers(),
    projections,
  };
}
