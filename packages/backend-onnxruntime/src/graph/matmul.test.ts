import { at } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { randomTensor } from "../testing/random-tensors.js";
import { runGraph } from "../testing/run-graph.js";
import { type Dialect, GraphBuilder } from "./graph-builder.js";
import { sumParts, tallMatMul } from "./matmul.js";

const HALVES = { minTerms: 4000, maxTerms: 2000, maxParts: 2 };
const MANY = { minTerms: 4096, maxTerms: 2048, maxParts: 512 };

describe("the parts of a long sum", () => {
  test.each([
    ["a short sum is whole", 3999, HALVES, 1],
    ["two halves", 4000, HALVES, 2],
    ["however long", 373_248, HALVES, 2],
    ["an odd sum has no halves", 4001, HALVES, 1],
    ["as few as leave none with too many terms", 373_248, MANY, 192],
    ["a divisor of the sum", 18_432, MANY, 9],
    ["as many as there may be, where all are too long", 2 ** 21, MANY, 512],
    ["a prime is whole", 373_273, MANY, 1],
    ["no sum is cut unless it is asked for", 373_248, undefined, 1],
  ])("%s: %i terms", (_, terms, longSums, parts) => {
    expect(sumParts(terms, longSums)).toBe(parts);
  });
});

test.each([{ minTerms: 8, maxTerms: 4, maxParts: 2 }, { minTerms: 8, maxTerms: 4, maxParts: 6 }, undefined])(
  "a product cut by %o is the product",
  async (longSums) => {
    const graph = new GraphBuilder({ fusedMatMul: true, ...(longSums === undefined ? {} : { longSums }) });
    const [a, b] = [floats([24, 5], 1), floats([24, 3], 2)];
    const [x, y] = [graph.input("a", "float32", a.shape), graph.input("b", "float32", b.shape)];
    graph.output(tallMatMul(graph, x, y), "product");
    const product = (await runGraph(graph, { a, b })).get("product");
    expect(product?.shape).toEqual([5, 3]);
    product?.data.forEach((value, index) => {
      const terms = Array.from(
        { length: 24 },
        (_, row) => at(a.data, 5 * row + Math.floor(index / 3)) * at(b.data, 3 * row + (index % 3)),
      );
      expect(value).toBeCloseTo(
        terms.reduce((sum, term) => sum + term, 0),
        5,
      );
    });
  },
);

test.each([
  ["more rows than columns", 32, 16, ["b", "a"]],
  ["fewer rows than columns", 16, 32, ["a", "b"]],
  ["as many", 32, 32, ["a", "b"]],
  ["rows that fill no whole vectors", 33, 16, ["a", "b"]],
])(
  "with %s the wider factor gives the columns, and the result has the same bits",
  async (_, rows, columns, factors) => {
    const longSums = { minTerms: 8, maxTerms: 4, maxParts: 2 };
    const [a, b] = [floats([24, rows], 1), floats([24, columns], 2)];
    const computed = async (dialect: Dialect) => {
      const graph = new GraphBuilder(dialect);
      const [x, y] = [graph.input("a", "float32", a.shape), graph.input("b", "float32", b.shape)];
      graph.output(tallMatMul(graph, x, y), "product");
      const { nodes } = graph.content();
      const order = nodes.flatMap(({ opType, inputs }) => (opType === "Reshape" ? inputs.slice(0, 1) : []));
      return { order: order.slice(0, 2), product: (await runGraph(graph, { a, b })).get("product") };
    };
    const usual = await computed({ fusedMatMul: true, longSums });
    const wide = await computed({ fusedMatMul: true, longSums, wideColumns: 16 });
    expect(usual.order).toEqual(["a", "b"]);
    expect(wide.order).toEqual(factors);
    expect(wide.product).toEqual(usual.product);
  },
);

function floats(shape: readonly number[], seed: number) {
  return { shape, data: Float32Array.from(randomTensor(shape, seed).data) };
}
