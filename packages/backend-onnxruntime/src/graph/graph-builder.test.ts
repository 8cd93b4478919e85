import { builtinArchitecture } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { trainProgram } from "../programs/train.js";
import { type DecodedGraph, decodeModel, graphsOf } from "../testing/decode-model.js";
import { runGraph } from "../testing/run-graph.js";
import { add, cast, multiply, scalar } from "./arithmetic.js";
import { GraphBuilder } from "./graph-builder.js";
import { gather, integers } from "./layout.js";
import { scan } from "./scan.js";

const CPU = { fusedMatMul: true };

function decoded(graph: GraphBuilder) {
  return decodeModel(graph.toModel("test"));
}

/** Every name that gives a value or a node its identity, in a graph and its bodies. */
function definedNames(graph: DecodedGraph): readonly string[] {
  return graphsOf(graph).flatMap(({ node, initializer, input }) => [
    ...input.map(({ name }) => name),
    ...initializer.map(({ name }) => name),
    ...node.flatMap(({ output }) => output),
  ]);
}

describe("toModel", () => {
  test("says its version and operator sets, and carries types and shapes", () => {
    const graph = new GraphBuilder(CPU);
    graph.scope = "net.0";
    const x = graph.input("x", "float32", ["N", 2]);
    const y = graph.node("Relu", [x], x, { alpha: { float: 0.5 }, mode: { string: "é" } });
    graph.output(cast(graph, y, "int32"), "y");
    const { irVersion, opsetImport, graph: model } = decoded(graph);
    expect(irVersion).toBe(8);
    expect(opsetImport).toEqual([{ version: 18 }]);
    const shape = { dim: [{ dimParam: "N" }, { dimValue: 2 }] };
    expect(model.input).toEqual([{ name: "x", type: { tensorType: { elemType: 1, shape } } }]);
    expect(model.output).toEqual([{ name: "y", type: { tensorType: { elemType: 6, shape } } }]);
    expect(model.valueInfo[0]).toEqual({ name: y.name, type: { tensorType: { elemType: 1, shape } } });
    expect(model.node.map(({ opType, name }) => [opType, name.split("/")[0]])).toEqual([
      ["Relu", "net.0"],
      ["Cast", "net.0"],
      ["Identity", ""],
    ]);
    expect(model.node[0]?.attribute).toMatchObject([
      { name: "alpha", type: 1, f: 0.5 },
      { name: "mode", type: 3, s: Buffer.from("é") },
    ]);
    expect(model.node[1]?.attribute).toMatchObject([{ name: "to", type: 2, i: 6 }]);
  });

  test("imports ONNX Runtime's operators only where one is used, a body's too", () => {
    const graph = new GraphBuilder(CPU);
    const x = graph.input("x", "float32", [1, 2]);
    graph.node("Body", [x], x, { body: { graph: graph.subgraph() } });
    expect(decoded(graph).opsetImport).toEqual([{ version: 18 }]);
    const body = graph.subgraph();
    body.node("FusedMatMul", [x, x], x, {}, "com.microsoft");
    graph.node("Body", [x], x, { body: { graph: body } });
    expect(decoded(graph).opsetImport).toEqual([{ version: 18 }, { domain: "com.microsoft", version: 1 }]);
  });

  test("has the metadata and the version that it is given", () => {
    const metadata = new Map([["nin.classes", '["é"]']]);
    const model = decodeModel(new GraphBuilder(CPU).toModel("test", { metadata, version: "1.2.3" }));
    expect(model).toMatchObject({
      producerVersion: "1.2.3",
      metadataProps: [{ key: "nin.classes", value: '["é"]' }],
    });
    expect(decoded(new GraphBuilder(CPU)).metadataProps).toEqual([]);
  });

  test("keeps the bytes of constants, of part of a buffer too", () => {
    const graph = new GraphBuilder(CPU);
    graph.constant(Float32Array.from([1, 2, 3, 4]).subarray(1, 3), [2]);
    graph.constant(Int32Array.from([-1]), [1]);
    graph.constant(BigInt64Array.of(2n ** 40n), []);
    const { initializer } = decoded(graph).graph;
    expect(initializer.map(({ dims, dataType }) => [dims, dataType])).toEqual([
      [[2], 1],
      [[1], 6],
      [[], 7],
    ]);
    const bytes = initializer.map(({ rawData }) => Uint8Array.from(rawData).buffer);
    expect([...new Float32Array(bytes[0] ?? new ArrayBuffer())]).toEqual([2, 3]);
    expect([...new Int32Array(bytes[1] ?? new ArrayBuffer())]).toEqual([-1]);
    expect([...new BigInt64Array(bytes[2] ?? new ArrayBuffer())]).toEqual([2n ** 40n]);
  });
});

describe("constants", () => {
  test("are one where type, shape and bytes are equal", () => {
    const graph = new GraphBuilder(CPU);
    expect(scalar(graph, 2)).toBe(scalar(graph, 2));
    expect(integers(graph, [1, 2])).toBe(integers(graph, [1, 2]));
    const four = graph.constant(new Float32Array(4), [4]);
    expect(graph.constant(new Float32Array(4), [2, 2])).not.toBe(four);
    expect(graph.constant(new Int32Array(4), [4])).not.toBe(four);
    expect(graph.constant(Float32Array.from([0, 0, 0, -0]), [4])).not.toBe(four);
    expect(graph.constant(new Float32Array(4), [4], "named")).toEqual({
      name: "named",
      type: "float32",
      shape: [4],
    });
    expect(decoded(graph).graph.initializer).toHaveLength(7);
  });

  test("are not compared where they are large, and not shared with a body", () => {
    const graph = new GraphBuilder(CPU);
    const large = () => graph.constant(new Float32Array(65), [65]);
    expect(large()).not.toBe(large());
    expect(scalar(graph.subgraph(), 1)).not.toBe(scalar(graph, 1));
  });
});

describe("output", () => {
  test("passes on what the graph does not give itself, or gives twice", async () => {
    const graph = new GraphBuilder(CPU);
    const x = graph.input("x", "float32", [2]);
    const doubled = multiply(graph, x, 2);
    const names = [
      graph.output(x).name,
      graph.output(doubled).name,
      graph.output(doubled).name,
      graph.output(doubled, "z").name,
      graph.output(scalar(graph, 7)).name,
    ];
    expect(new Set(names).size).toBe(5);
    expect(names[1]).toBe(doubled.name);
    expect(names[3]).toBe("z");
    const results = await runGraph(graph, { x: { shape: [2], data: Float32Array.of(1, -3) } });
    expect(names.map((name) => [...(results.get(name)?.data ?? [])])).toEqual([
      [1, -3],
      [2, -6],
      [2, -6],
      [2, -6],
      [7],
    ]);
  });
});

describe("scan", () => {
  test("sums and stacks over elements, and sees the outer graph's values", async () => {
    const graph = new GraphBuilder(CPU);
    const x = graph.input("x", "float32", ["steps", 2]);
    const factor = graph.input("factor", "float32", [2]);
    const { sums, stacked } = scan(graph, [x], (body, [element = x]) => {
      const product = multiply(body, element, factor);
      return { sums: [product], stacked: [element, product, add(body, product, 1)] };
    });
    [...sums, ...stacked].forEach((value, index) => {
      graph.output(value, `y${index}`);
    });
    const results = await runGraph(graph, {
      x: { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      factor: { shape: [2], data: Float32Array.of(10, -1) },
    });
    expect([...(results.get("y0")?.data ?? [])]).toEqual([90, -12]);
    expect([...(results.get("y1")?.data ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(results.get("y2")?.data ?? [])]).toEqual([10, -2, 30, -4, 50, -6]);
    expect([...(results.get("y3")?.data ?? [])]).toEqual([11, -1, 31, -3, 51, -5]);
  });
});

describe("scan of one element", () => {
  test("is the body, written into the graph itself", async () => {
    const graph = new GraphBuilder(CPU);
    const x = graph.input("x", "float32", [1, 2]);
    const { sums, stacked } = scan(graph, [x], (body, [element = x]) => ({
      sums: [multiply(body, element, 3)],
      stacked: [add(body, element, 1), element],
    }));
    [...sums, ...stacked].forEach((value, index) => {
      graph.output(value, `y${index}`);
    });
    expect(graph.operators()).not.toContain(":Scan");
    const results = await runGraph(graph, { x: { shape: [1, 2], data: Float32Array.of(1, 2) } });
    expect(results.get("y0")).toEqual({ shape: [2], data: Float32Array.of(3, 6) });
    expect(results.get("y1")).toEqual({ shape: [1, 2], data: Float32Array.of(2, 3) });
    expect(results.get("y2")).toEqual({ shape: [1, 2], data: Float32Array.of(1, 2) });
  });
});

describe("a whole training step", () => {
  const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 } as const;
  const program = trainProgram(builtinArchitecture("nin-cifar10"), {
    dialect: CPU,
    source: "input",
    microBatchSize: 2,
    single: false,
    optimizer,
    dropoutMasks: new Map([[2, [16, 16, 2, 96]]]),
  });
  const model = decoded(program.graph).graph;

  test("names every value and node once, bodies included", () => {
    const names = definedNames(model);
    expect(names.length).toBeGreaterThan(300);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const nodes = graphsOf(model).flatMap(({ node }) => node.map(({ name }) => name));
    expect(nodes.filter((name, index) => nodes.indexOf(name) !== index)).toEqual([]);
  });

  test("uses only values that an earlier node, an input or a constant gives", () => {
    const check = (graph: DecodedGraph, outer: readonly string[]): void => {
      const known = new Set([
        ...outer,
        ...graph.input.map(({ name }) => name),
        ...graph.initializer.map(({ name }) => name),
      ]);
      for (const { input, output, attribute } of graph.node) {
        expect(input.filter((name) => !known.has(name))).toEqual([]);
        for (const { g } of attribute) if (g !== undefined) check(g, [...known]);
        for (const name of output) known.add(name);
      }
      expect(graph.output.filter(({ name }) => !known.has(name))).toEqual([]);
    };
    check(model, []);
  });

  test("lists its operators, those of the body included", () => {
    const expected = graphsOf(model).flatMap(({ node }) =>
      node.map(({ domain, opType }) => `${domain ?? ""}:${opType}`),
    );
    expect([...program.graph.operators()].sort()).toEqual([...new Set(expected)].sort());
    expect(program.graph.operators()).toContain(":Scan");
    expect(program.graph.operators()).toContain("com.microsoft:FusedMatMul");
  });
});

test("a gather of every entry in its order is none", () => {
  const graph = new GraphBuilder(CPU);
  const x = graph.input("x", "float32", [2, 3]);
  expect(gather(graph, x, Int32Array.of(0, 1, 2), 1)).toBe(x);
  expect(gather(graph, x, Int32Array.of(0, 2, 1), 1).shape).toEqual([2, 3]);
  expect(gather(graph, x, Int32Array.of(0, 1), 1).shape).toEqual([2, 2]);
});
