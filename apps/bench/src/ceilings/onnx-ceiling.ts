import { GraphBuilder, type Value } from "@nin/backend-onnxruntime/graph";
import { disableTelemetry } from "@nin/backend-onnxruntime/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { type CeilingAnswer, type Repeatable, sampleRates } from "./sampling.js";

/** The number of operations in a row, each on the result of the one before. */
const CHAIN = 4;
const SIDES = [512, 1024, 2048, 4096, 8192];
/** 64 MiB, which do not fit into caches. */
const ELEMENTS = [2 ** 24];

/** The rates of ONNX Runtime's own operators: `MatMul`, and `Add` on large arrays. */
export async function onnxCeiling(provider: "cpu" | "cuda", threads: number): Promise<CeilingAnswer> {
  const open = (operator: string, shape: readonly number[], factor: number): Promise<Repeatable> => {
    const feeds = { a: filled(shape, 1), b: filled(shape, factor) };
    return openSession(chainModel(operator, shape), feeds, provider, threads);
  };
  const products = await sampleRates(
    SIDES,
    (side) => 2 * CHAIN * side ** 3,
    (side) => open("MatMul", [side, side], 1 / side),
  );
  const sums = await sampleRates(
    ELEMENTS,
    (elements) => 4 * elements * (3 * CHAIN + 1),
    (elements) => open("Add", [elements], 1e-3),
  );
  return {
    method: `ONNX Runtime's MatMul and Add, ${provider}`,
    flops: products.rates,
    matrixSize: products.size,
    bytes: sums.rates,
    arrayBytes: 4 * sums.size,
  };
}

/** An operator of `a` and `b`, again of its result and `b`, and so on; the sum at the end leaves one number to read. */
export function chainModel(operator: string, shape: readonly number[]): Uint8Array {
  const graph = new GraphBuilder({ fusedMatMul: false });
  const b = graph.input("b", "float32", shape);
  let value: Value = graph.input("a", "float32", shape);
  for (let step = 0; step < CHAIN; step += 1) value = graph.node(operator, [value, b], value);
  const one = { type: value.type, shape: shape.map(() => 1) };
  graph.output(graph.node("ReduceSum", [value], one), "sum");
  return graph.toModel("ceiling");
}

async function openSession(
  model: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  provider: "cpu" | "cuda",
  threads: number,
): Promise<Repeatable> {
  await disableTelemetry();
  const session = await InferenceSession.create(model, {
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
