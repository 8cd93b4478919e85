import fc from "fast-check";
import type { Shape } from "../layers/tensor.js";
import { convSketch, ninBlockSketch } from "./window-sketches.js";

/** The end of a network, which turns an image into one score a class. */
export type HeadSketch = (input: Shape) => readonly object[];

const classes = fc.integer({ min: 2, max: 10 });

/** A convolution or block of one channel a class, averaged over the image; `channels` inside the block. */
export function averagingHead(channels: fc.Arbitrary<number>): fc.Arbitrary<HeadSketch> {
  return fc
    .oneof(convSketch(classes), ninBlockSketch(channels, classes))
    .map((layer) => (input) => [layer(input), { kind: "globalAvgPool2d" }, { kind: "flatten" }]);
}

/** `flatten` and one linear layer or two; with `dropout` sometimes a dropout between. */
export function linearHead(dropout: boolean): fc.Arbitrary<HeadSketch> {
  const linear = (outFeatures: fc.Arbitrary<number>): fc.Arbitrary<object> =>
    fc.record(
      { kind: fc.constant("linear"), outFeatures, bias: fc.boolean() },
      { requiredKeys: ["kind", "outFeatures"] },
    );
  return fc
    .record({
      averaged: fc.boolean(),
      hidden: fc.option(linear(fc.integer({ min: 1, max: 8 }))),
      relu: fc.boolean(),
      dropped: fc.boolean(),
      last: linear(classes),
    })
    .map(({ averaged, hidden, relu, dropped, last }) => () => [
      ...(averaged ? [{ kind: "globalAvgPool2d" }] : []),
      { kind: "flatten" },
      ...(hidden === null ? [] : [hidden]),
      ...(relu ? [{ kind: "relu" }] : []),
      ...(dropout && dropped ? [{ kind: "dropout", rate: 0.5 }] : []),
      last,
    ]);
}
