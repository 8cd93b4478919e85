import { InferenceSession, Tensor } from "onnxruntime-node";
import type { CeilingAnswer } from "./ceiling-answer.js";
import { type OnnxGraph, onnxModel } from "./onnx-model.js";
import { type Repeatable, sampleRates } from "./sampling.js";

/** Products, or sums, in a row: the result of one is the next one's factor. */
const CHAIN = 4;
const SIDES = [512, 1024, 2048, 4096, 8192];
/** Beyond the caches. */
const ELEMENTS = [2 ** 24];

/** What ONNX Runtime's own operators reach: `MatMul`, and `Add` on large arrays. */
export async function onnxCeiling(provider: "cpu" | "cuda", threads: number): Promise<CeilingAnswer> {
  const open = (graph: OnnxGraph, feeds: Readonly<Record<string, Tensor>>): Promise<Repeatable> =>
    openSession(graph, feeds, provider, threads);
  const products = await sampleRates(
    SIDES,
    (side) => 2 * CHAIN * side ** 3,
    (side) => open(productGraph(side), { a: filled([side, side], 1), b: filled([side, side], 1 / side) }),
  );
  const sums = await sampleRates(
    ELEMENTS,
    (elements) => 4 * elements * (3 * CHAIN + 1),
    (elements) => open(sumGraph(elements), { a: filled([elements], 1), b: filled([elements], 1e-3) }),
  );
  return {
    method: `ONNX Runtime's MatMul and Add, ${provider}`,
    flops: products.rates,
    matrixSize: products.size,
    bytes: sums.rates,
    arrayBytes: 4 * sums.size,
  };
}

function productGraph(side: number): OnnxGraph {
  const square = [side, side];
  return { nodes: chain("MatMul"), inputs: { a: square, b: square }, output: { name: "sum", shape: [1, 1] } };
}

function sumGraph(elements: number): OnnxGraph {
  const line = [elements];
  return { nodes: chain("Add"), inputs: { a: line, b: line }, output: { name: "sum", shape: [1] } };
}

/** The sum at the end leaves one number to read. */
function chain(operator: string): OnnxGraph["nodes"] {
  const steps = Array.from({ length: CHAIN }, (_, step) => ({
    operator,
    inputs: [step === 0 ? "a" : `y${step}`, "b"],
    output: `y${step + 1}`,
  }));
  return [...steps, { operator: "ReduceSum", inputs: [`y${CHAIN}`], output: "sum" }];
}

async function openSession(
  graph: OnnxGraph,
  feeds: Readonly<Record<string, Tensor>>,
  provider: "cpu" | "cuda",
  threads: number,
): Promise<Repeatable> {
  const session = await InferenceSession.create(onnxModel(graph), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  return {
    run: async () => {
      await session.run(feeds);
    },
    dispose: () => session.release(),
  };
}

function filled(shape: readonly number[], value: number): Tensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value);
  return new Tensor("float32", data, shape);
}
