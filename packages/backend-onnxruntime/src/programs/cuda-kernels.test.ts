import { expect, test } from "vitest";
import { GraphBuilder } from "../graph/graph-builder.js";
import { ELEMENT_TYPES } from "../graph/onnx-schema.js";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { CUDA_KERNELS, type CudaKernel } from "../testing/cuda-kernels.js";
import {
  type DecodedGraph,
  type DecodedModel,
  type DecodedNode,
  decodeModel,
} from "../testing/decode-model.js";
import { programsOf, zooArchitectures } from "../testing/program-zoo.js";

const TYPE_NAMES = new Map<number, string>(
  Object.entries(ELEMENT_TYPES).map(([name, number]) => [number, name]),
);

/** What keeps a model's nodes from running on CUDA, those of bodies included. */
function obstacles({ graph, opsetImport }: DecodedModel): readonly string[] {
  const opset = opsetImport.find(({ domain }) => domain === undefined)?.version;
  if (opset !== 18) return [`opset ${opset}: the list of kernels is of opset 18`];
  return [...new Set(graphObstacles(graph, new Map()))];
}

function graphObstacles(graph: DecodedGraph, outer: ReadonlyMap<string, number>): readonly string[] {
  const types = new Map(outer);
  for (const { name, dataType } of graph.initializer) types.set(name, dataType);
  for (const { name, type } of [...graph.input, ...graph.output, ...graph.valueInfo]) {
    types.set(name, type.tensorType.elemType);
  }
  return graph.node.flatMap((node) => [
    ...nodeObstacles(node, types),
    ...node.attribute.flatMap(({ g }) => (g === undefined ? [] : graphObstacles(g, types))),
  ]);
}

function nodeObstacles(node: DecodedNode, types: ReadonlyMap<string, number>): readonly string[] {
  const operator = `${node.domain ?? ""}:${node.opType}`;
  const kernel = CUDA_KERNELS[operator];
  if (kernel === undefined) return [`${operator} has no kernel`];
  const check = (names: readonly string[], variables: readonly string[]): readonly string[] =>
    names.flatMap((name, index) => {
      const type = TYPE_NAMES.get(types.get(name) ?? -1) ?? "no type";
      const allowed: readonly string[] = kernel.types[variables[index] ?? variables.at(-1) ?? ""] ?? [];
      return allowed.includes(type) ? [] : [`${operator} has no kernel for ${type}`];
    });
  return [
    ...(hasVersion(kernel) ? [] : [`${operator} has no kernel of version ${kernel.version}`]),
    ...check(node.input, kernel.inputs),
    ...check(node.output, kernel.outputs),
  ];
}

function hasVersion({ version, kernel: [first, last] }: CudaKernel): boolean {
  return version === first || (last !== undefined && first <= version && version <= last);
}

const programs = zooArchitectures().map(
  ([name, architecture]) => [name, programsOf(architecture, DEVICE_TRAITS.cuda.dialect)] as const,
);

test.each(programs)("%s is written with operators that have CUDA kernels, by version and type", (_, all) => {
  for (const [name, { graph }] of all) {
    expect(obstacles(decodeModel(graph.toModel(name))), name).toEqual([]);
  }
});

test("the list is no longer than what is used", () => {
  const used = programs.flatMap(([, all]) => all.flatMap(([, { graph }]) => [...graph.operators()]));
  expect(Object.keys(CUDA_KERNELS).sort()).toEqual([...new Set(used)].sort());
});

test("an operator, and a type, that CUDA has no kernel for is reported, also in a body", () => {
  const graph = new GraphBuilder(DEVICE_TRAITS.cuda.dialect);
  const x = graph.input("x", "uint8", [2]);
  const body = graph.subgraph();
  body.output(body.node("BitShift", [x, x], x, { direction: { string: "LEFT" } }));
  graph.nodes("Scan", [x], [], { body: { graph: body } });
  graph.output(graph.node("Exp", [x], x));
  expect(obstacles(decodeModel(graph.toModel("wrong")))).toEqual([
    ":BitShift has no kernel",
    ":Exp has no kernel for uint8",
  ]);
});
