import { expect, test } from "vitest";
import { runGraph } from "../testing/run-graph.js";
import { partWhereEqual, wherePositive } from "./elementwise.js";
import { type Dialect, GraphBuilder } from "./graph-builder.js";

/** With the smallest normal number, and both zeros. */
const x = [-1, -0, 0, 2 ** -126, 3e38, -3e38, 1e-20, 5];
const most = [0, 0, 1, 2 ** -126, 3e38, 1, 1, 5.000001];
const value = [1, -2, 3, -4, 5, 6, -7, 8];

test.each<Dialect>([{ fusedMatMul: false }, { fusedMatMul: false, fastWhere: true }])(
  "values are kept where a condition holds: %o",
  async (dialect) => {
    const graph = new GraphBuilder(dialect);
    const [a, b, v] = ["x", "most", "value"].map((name) => graph.input(name, "float32", [x.length]));
    if (a === undefined || b === undefined || v === undefined) throw new Error("no inputs");
    const { equal, rest } = partWhereEqual(graph, b, a, v);
    graph.output(wherePositive(graph, a, v), "positive");
    graph.output(equal, "equal");
    graph.output(rest, "rest");
    const feeds = Object.entries({ x, most, value }).map(([name, data]) => [
      name,
      { shape: [x.length], data: Float32Array.from(data) },
    ]);
    const results = await runGraph(graph, Object.fromEntries(feeds));
    const of = (name: string) => Array.from(results.get(name)?.data ?? [], (each) => each + 0);
    expect(of("positive")).toEqual([0, 0, 0, -4, 5, 0, -7, 8]);
    expect(of("equal")).toEqual([0, -2, 0, -4, 5, 0, 0, 0]);
    expect(of("rest")).toEqual([1, 0, 3, 0, 0, 6, -7, 8]);
  },
);
