import { entry, type Optimizer } from "@nin/spec";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { GraphBuilder } from "../graph/graph-builder.js";
import { writeUpdates } from "../programs/grouped-update.js";
import { updateRule, updateScalars } from "../programs/optimizers.js";
import { ADAMW, SGD } from "../testing/optimizers.js";
import { runGraph } from "../testing/run-graph.js";
import { OptimizerMemory } from "./optimizer-memory.js";

const ours = (globalThis as unknown as { readonly WebAssembly: object }).WebAssembly;
const STEPS = [0, 1, 7, 100_000];

afterEach(() => vi.unstubAllGlobals());

/** Numbers of every size, zeros of both signs, and some that are none. */
const number = fc.oneof(
  fc.float({ noNaN: true, min: -2, max: 2 }),
  fc.float({ noNaN: true, min: Math.fround(-1e-38), max: Math.fround(1e-38) }),
  fc.float({ noNaN: true }),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY),
);

test.each([
  ["AdamW", ADAMW],
  ["AdamW without an epsilon", { ...ADAMW, epsilon: 0 }],
  ["SGD", SGD],
  ["SGD without momentum", { ...SGD, momentum: 0 }],
  ["SGD without decay", { ...SGD, weightDecay: 0 }],
  ["SGD with a learning rate alone", { ...SGD, momentum: 0, weightDecay: 0 }],
] as const)("%s computes the bits that nodes of a graph compute", async (_name, optimizer) => {
  const arrays = fc
    .integer({ min: 1, max: 70 })
    .chain((size) =>
      fc.array(fc.array(number, { minLength: size, maxLength: size }), { minLength: 4, maxLength: 4 }),
    );
  await fc.assert(
    fc.asyncProperty(
      arrays,
      fc.constantFrom(...STEPS),
      fc.float({ noNaN: true, min: 0, max: 1 }),
      async (given, t, rate) => {
        const [weight = [], gradient = [], first = [], second = []] = given;
        const states = [first, second.map(Math.abs)];
        const size = weight.length;
        const memory = memoryOf(
          optimizer,
          new Map([
            ["before", 3],
            ["x", size],
            ["behind", 5],
          ]),
        );
        const own = entry(memory.entries, "x");
        own.weight.set(weight);
        own.gradient.set(gradient);
        for (const [index, state] of [...own.state.values()].entries()) state.set(states[index] ?? []);
        const expected = await byGraph(optimizer, own, rate, t);
        memory.update(rate, t);
        expect(bitsOf([own.weight, ...own.state.values()])).toEqual(bitsOf(expected));
        const others = ["before", "behind"].map((name) => [...(memory.entries.get(name)?.gradient ?? [])]);
        expect(others.flat()).toEqual(Array(8).fill(0));
      },
    ),
    { numRuns: 40 },
  );
});

test("parameters that are too large to share a memory have one each", () => {
  const memory = memoryOf(
    SGD,
    new Map([
      ["a", 5e7],
      ["b", 5e7],
      ["c", 3],
    ]),
  );
  const [a, b, c] = ["a", "b", "c"].map((name) => memory.entries.get(name)?.weight.buffer);
  expect(new Set([a, b, c]).size).toBe(2);
  expect(c).toBe(b);
});

test.each([
  ["there is no WebAssembly", undefined, 3],
  ["a parameter is larger than a memory", ours, 2 ** 30],
])("where %s there is none to update in", (_where, replaced, size) => {
  vi.stubGlobal("WebAssembly", replaced);
  expect(OptimizerMemory.create(ADAMW, new Map([["x", size]]))).toBeUndefined();
});

function memoryOf(optimizer: Optimizer, sizes: ReadonlyMap<string, number>): OptimizerMemory {
  const memory = OptimizerMemory.create(optimizer, sizes);
  if (memory === undefined) throw new Error("expected WebAssembly with vectors here");
  return memory;
}

async function byGraph(
  optimizer: Optimizer,
  {
    weight,
    gradient,
    state,
  }: { weight: Float32Array; gradient: Float32Array; state: ReadonlyMap<string, Float32Array> },
  learningRate: number,
  t: number,
): Promise<readonly Float32Array[]> {
  const graph = new GraphBuilder({ fusedMatMul: true });
  const rule = updateRule(optimizer);
  const input = (name: string) => graph.input(name, "float32", [weight.length]);
  const [updated] = writeUpdates(
    graph,
    rule,
    [
      {
        name: "x",
        weight: input("weight"),
        gradient: input("gradient"),
        states: new Map([...state.keys()].map((slot) => [slot, input(slot)])),
      },
    ],
    (name) => graph.input(name, "float32", []),
  );
  if (updated === undefined) throw new Error("expected an update");
  graph.output(updated.weight, "next");
  for (const [slot, value] of Object.entries(updated.states)) graph.output(value, `next.${slot}`);
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  const scalars = Object.entries(updateScalars(optimizer, learningRate, t));
  const results = await runGraph(graph, {
    weight: vector(weight),
    gradient: vector(gradient),
    ...Object.fromEntries([...state].map(([slot, data]) => [slot, vector(data)])),
    ...Object.fromEntries(
      scalars.map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }]),
    ),
  });
  return ["next", ...[...state.keys()].map((slot) => `next.${slot}`)].map(
    (name) => entry(results, name).data,
  );
}

/** Any NaN is one. */
function bitsOf(arrays: readonly Float32Array[]): readonly (readonly string[])[] {
  return arrays.map((array) => [...array].map((value) => (Object.is(value, -0) ? "-0" : String(value))));
}
