import { GraphBuilder } from "../../../../packages/backend-onnxruntime/dist/graph/graph-builder.js";
import { matMul } from "../../../../packages/backend-onnxruntime/dist/graph/products.js";
import { DEVICE_TRAITS } from "../../../../packages/backend-onnxruntime/dist/runtime/device-traits.js";
import { createSession } from "../../../../packages/backend-onnxruntime/dist/runtime/session-factory.js";
import { Tensor } from "../../../../packages/backend-onnxruntime/node_modules/onnxruntime-node/dist/index.js";
import { randomTensor } from "../../comparison/random-case.mjs";
import { relativeL2, verdictOf } from "../../comparison/verdict.mjs";

const ROWS = 256;
const INNER = 512;
const COLUMNS = 192;
/** Float32 products of this size are within 1e-6; TF32's, with factors of 10 bits, some 3e-4 off. */
const TOLERANCE = 1e-5;

/**
 * Is a product computed with TF32? Told from its numbers, not from an option: the backend's own
 * session multiplies two matrices, in the environment that this process was given.
 */
export async function run({ device, threads }) {
  const a = randomTensor([ROWS, INNER], 1);
  const b = randomTensor([INNER, COLUMNS], 2);
  const graph = new GraphBuilder(DEVICE_TRAITS[device].dialect);
  const values = [a, b].map(({ shape }, at) => graph.input(`factor${at}`, "float32", shape));
  graph.output(matMul(graph, ...values), "product");
  const session = await createSession({ graph, images: ROWS, parameters: new Map() }, { device, threads });
  const results = await session.run({ factor0: feed(a), factor1: feed(b) });
  const difference = relativeL2(results.product.data, product(a.data, b.data));
  await session.release();
  return {
    ...verdictOf([{ name: "product beside float64", difference, tolerance: TOLERANCE }]),
    tf32: difference > TOLERANCE,
    NVIDIA_TF32_OVERRIDE: process.env.NVIDIA_TF32_OVERRIDE ?? null,
  };
}

function feed({ shape, data }) {
  return new Tensor("float32", data, shape);
}

function product(a, b) {
  const result = new Float64Array(ROWS * COLUMNS);
  for (let row = 0; row < ROWS; row += 1) {
    for (let at = 0; at < INNER; at += 1) {
      const factor = a[row * INNER + at];
      for (let column = 0; column < COLUMNS; column += 1)
        result[row * COLUMNS + column] += factor * b[at * COLUMNS + column];
    }
  }
  return result;
}
