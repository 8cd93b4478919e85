import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { GraphBuilder } from "../graph/graph-builder.js";
import type { GraphTensor } from "../layouts/parameter-layout.js";
import { disableTelemetry } from "../node/telemetry.js";

/** What ONNX Runtime computes from a graph on one thread of the CPU; all inputs and outputs are float32. */
export async function runGraph(
  graph: GraphBuilder,
  feeds: Readonly<Record<string, GraphTensor>>,
): Promise<ReadonlyMap<string, GraphTensor>> {
  await disableTelemetry();
  const session = await InferenceSession.create(graph.toModel("test"), { intraOpNumThreads: 1 });
  const results = await session.run(
    Object.fromEntries(
      Object.entries(feeds).map(([name, { shape, data }]) => [name, new OrtTensor("float32", data, shape)]),
    ),
  );
  await session.release();
  return new Map(
    Object.entries(results).map(([name, { dims, data }]) => {
      if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
      return [name, { shape: dims, data }];
    }),
  );
}
