// A user's program that trains in a worker thread of its own, where `process.env` is a copy.
import { readFile } from "node:fs/promises";
import { isMainThread, Worker } from "node:worker_threads";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { parseArchitecture } from "@nin/spec";

if (isMainThread) {
  new Worker(new URL(import.meta.url)).on("error", (error) => {
    throw error;
  });
} else {
  const architecture = parseArchitecture(
    JSON.parse(await readFile(new URL("small.json", import.meta.url), "utf8")),
  );
  const model = await createNodeOnnxRuntimeBackend().compile(architecture, { maxBatch: 2 });
  const session = await model.train({ optimizer: { kind: "sgd", momentum: 0, weightDecay: 0 }, seed: 0 });
  const input = { shape: [2, 1, 28, 28], data: new Float32Array(2 * 28 * 28).fill(0.5) };
  await session.step({ input, labels: [0, 1] }, { learningRate: 0.1 });
  process.stdout.write(`${(await session.metrics()).losses.length} step\n`);
  await model.dispose();
}
