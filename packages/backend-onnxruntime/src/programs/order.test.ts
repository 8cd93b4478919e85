import { at, builtinArchitecture } from "@nin/spec";
import { expect, test } from "vitest";
import type { NodeRecord } from "../graph/graph-builder.js";
import { executionOrder, optimized } from "../profiling/execution-order.js";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { gradientsProgram } from "./gradients.js";

/** Those that have products in their backward pass, the last one first. */
const LAYERS = ["7", "6.4", "6.2", "6.0", "3.4", "3.2", "3.0", "0.4", "0.2", "0.0"].map(
  (name) => `net.${name}`,
);

/** The nodes that compute the gradients of a micro-batch, as the runtime has them. */
function gradientNodes(single: boolean): readonly NodeRecord[] {
  const { dialect } = DEVICE_TRAITS.cpu;
  const { graph } = gradientsProgram(builtinArchitecture("nin-mnist"), {
    dialect,
    source: "input",
    microBatchSize: 32,
    single,
  });
  const { nodes } = optimized(graph);
  if (single) return nodes;
  const scans = nodes.filter(({ opType }) => opType === "Scan");
  const { body } = at(scans, 0).attributes;
  if (body === undefined || !("graph" in body)) throw new Error("expected a Scan with a body");
  return optimized(body.graph).nodes;
}

test.each([
  ["a batch of one micro-batch", true],
  ["a batch of several micro-batches", false],
])(
  "%s: a layer's gradients are computed before the backward pass gets to the layer before it",
  (_, single) => {
    const products = executionOrder(gradientNodes(single)).filter(({ opType }) => opType.endsWith("MatMul"));
    const backward = products.flatMap(({ name }) =>
      name.includes("/backward/") ? [name.split("/")[0]] : [],
    );
    expect(backward.filter((layer, index) => layer !== backward[index - 1])).toEqual(LAYERS);
  },
);
