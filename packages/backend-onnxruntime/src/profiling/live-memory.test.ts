import { join } from "node:path";
import { builtinArchitecture, builtinRecipe, initialParameters } from "@nin/spec";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, test } from "vitest";
import { add, multiply, relu } from "../graph/arithmetic.js";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { reshape } from "../graph/layout.js";
import { scan } from "../graph/scan.js";
import { gradientsProgram } from "../programs/gradients.js";
import { stepsProgram, trainProgram } from "../programs/train.js";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { dropoutSites, maskShape } from "../runtime/dropout-masks.js";
import { architectureOf } from "../testing/architectures.js";
import { ADAMW, SGD } from "../testing/optimizers.js";
import { DirectEngine } from "./direct-engine.js";
import { executionOrder, optimized } from "./execution-order.js";
import { programMemory } from "./live-memory.js";
import { readProfiles } from "./profile.js";

const { dialect } = DEVICE_TRAITS.cpu;
const memoryOf = (graph: GraphBuilder, microBatches: number) =>
  programMemory({ graph, parameters: new Map() }, { microBatches });

describe("programMemory", () => {
  test("keeps a tensor until its last reader, and writes over what nobody else reads", () => {
    const graph = new GraphBuilder(dialect);
    const x = graph.input("x", "float32", [100]);
    const first = relu(graph, x);
    const squared = multiply(graph, first, first);
    const rectified = relu(graph, squared);
    graph.output(add(graph, first, rectified), "y");
    // `first`; `squared`, which a node writes over; and the result.
    expect(memoryOf(graph, 1)).toMatchObject({ fedBytes: 400, resultBytes: 400, computedBytes: 1200 });
    graph.output(relu(graph, multiply(graph, rectified, first)), "z");
    // A product besides; its rectified value is a result, which has memory of its own.
    expect(memoryOf(graph, 1)).toMatchObject({ resultBytes: 800, computedBytes: 1600 });
  });

  test("takes nothing for a view, and keeps memory for a later tensor of the same extents", () => {
    const chain = (last: readonly number[]) => {
      const graph = new GraphBuilder(dialect);
      const times = (x: Value, factor: number) => multiply(graph, x, factor);
      const x = graph.input("x", "float32", [4, 100]);
      const flat = times(reshape(graph, x, [400]), 2);
      const square = times(times(reshape(graph, flat, [20, 20]), 3), 4);
      graph.output(times(times(reshape(graph, square, [...last]), 5), 6), "y");
      return memoryOf(graph, 1).computedBytes;
    };
    // Two products at a time; where the fourth gets the first one's memory, that is kept for it.
    expect([chain([20, 20]), chain([400])]).toEqual([2 * 1600, 3 * 1600]);
  });

  test.each([
    // The sum, the square; and the sums that take turns.
    [1, 80],
    [2, 120],
    [3, 160],
    [9, 160],
  ])("counts what a loop of %d rounds keeps", (rounds, bytes) => {
    const graph = new GraphBuilder(dialect);
    const x = graph.input("x", "float32", ["microBatches", 10]);
    const { sums } = scan(graph, [x], (body, [element]) => {
      if (element === undefined) throw new Error("expected an element");
      return { sums: [multiply(body, element, element)], stacked: [] };
    });
    for (const sum of sums) graph.output(sum, "sum");
    expect(memoryOf(graph, rounds)).toMatchObject({
      fedBytes: rounds * 40,
      zeroBytes: 40,
      computedBytes: bytes,
    });
  });

  test("counts steps of a run, each with a loop of its own", () => {
    const memory = (steps: number) => programMemory(stepsProgram(SMALL, TRAINED), { steps, microBatches: 4 });
    const single = programMemory(trainProgram(SMALL, TRAINED), { microBatches: 4 });
    const [one, eight] = [memory(1), memory(8)];
    expect([one.zeroBytes, one.constantBytes]).toEqual([single.zeroBytes, single.constantBytes]);
    expect([one.fedBytes, one.resultBytes]).toEqual([single.fedBytes, single.resultBytes]);
    // Seven more losses, and seven times what a step is fed besides parameters and state.
    expect(eight.resultBytes - one.resultBytes).toBe(7 * 4);
    const kept = one.resultBytes - 4;
    expect(eight.fedBytes - one.fedBytes).toBe(7 * (one.fedBytes - kept));
    // Between steps, parameters and state take turns in being read and written.
    expect(eight.computedBytes - one.computedBytes).toBe(2 * kept + 7 * 4);
  });
});

const SMALL = architectureOf(
  [1, 6, 6],
  [{ kind: "conv2d", outChannels: 4, kernelSize: 3 }, { kind: "globalAvgPool2d" }, { kind: "flatten" }],
);
const TRAINED = {
  dialect,
  source: "input",
  microBatchSize: 2,
  single: false,
  optimizer: ADAMW,
  dropoutMasks: new Map(),
} as const;

const LINEAR = architectureOf(
  [1, 12, 12],
  [
    { kind: "conv2d", outChannels: 16, kernelSize: 3, padding: 1 },
    { kind: "relu" },
    { kind: "avgPool2d", kernelSize: 3, stride: 2 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 90 },
    { kind: "relu" },
    { kind: "dropout", rate: 0.5 },
    { kind: "linear", outFeatures: 10 },
  ],
);

test.each([
  ["the depth family, updated on the host", builtinArchitecture("nin-xs?size=12"), ADAMW],
  ["a network with linear layers, updated on the host", LINEAR, ADAMW],
  ["the depth family", builtinArchitecture("nin-xs?size=12"), SGD],
  ["a network with linear layers", LINEAR, SGD],
])(
  "the order of execution is ONNX Runtime's, in a whole training step of %s",
  (_name, architecture, optimizer) =>
    inNewFolder(async (folder) => {
      const batch = 4;
      const engine = new DirectEngine(
        { device: "cpu", threads: 1, profilePrefix: join(folder, "profile") },
        {
          architecture,
          parameters: initialParameters(architecture, builtinRecipe("robust").init, 0),
          maxBatch: batch,
        },
      );
      const trainer = engine.trainer(optimizer);
      const images = Float32Array.from({ length: batch * 144 }, (_, index) => (index % 7) / 7);
      await trainer.train({ kind: "input", count: batch, images }, Uint8Array.of(1, 2, 3, 4), 0.01);
      await trainer.dispose();
      await engine.release();
      const ran = (await readProfiles(folder)).kernels.map(({ name }) => name);
      const options = {
        dialect,
        source: "input",
        microBatchSize: batch,
        single: true,
        dropoutMasks: new Map(
          dropoutSites(architecture).map((site) => [site.layerIndex, maskShape(site, batch)]),
        ),
      } as const;
      const { graph } =
        optimizer === ADAMW
          ? gradientsProgram(architecture, options)
          : trainProgram(architecture, { ...options, optimizer });
      expect(executionOrder(optimized(graph).nodes).map(({ name }) => name)).toEqual(ran);
    }),
);
