import { type Model, RuntimeError } from "@nin/backend";
import { inferLayers } from "@nin/spec";
import { expect, test } from "vitest";
import { compileModel } from "../engine.js";
import { EngineClient } from "../runtime/engine-client.js";
import { SGD } from "../testing/optimizers.js";
import { smallArchitecture, smallBatch } from "../testing/small-model.js";
import { NodeEngineThread } from "./node-engine-thread.js";

const options = { architecture: smallArchitecture, device: "cpu", threads: 1, maxBatch: 4 } as const;

/** A model whose worker realizes it, opens and closes sessions, and does `otherwise` at any other call. */
function modelInWorker(otherwise: string): Promise<Model> {
  const layers = inferLayers(smallArchitecture).map(({ name, outputShape, parameters }) => ({
    name,
    outputShape: [1, ...outputShape],
    parameters: parameters.map((parameter) => [parameter.name, parameter.shape]),
  }));
  const source = `
    import { parentPort } from "node:worker_threads";
    const layers = ${JSON.stringify(layers)};
    const realized = layers.map((layer) => ({ ...layer, parameters: new Map(layer.parameters) }));
    parentPort.on("message", ({ id, call }) => {
      if (call === "realize") parentPort.postMessage({ id, value: realized });
      else if (call.endsWith("Session")) parentPort.postMessage({ id, value: undefined });
      else ${otherwise}
    });`;
  const script = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  return compileModel(new EngineClient(new NodeEngineThread(options, script)), options);
}

test.each([
  ["ends", "process.exit(3);", "the worker thread ended with code 3"],
  ["throws outside a call", "throw new Error('out of memory');", "out of memory"],
  [
    "answers with an error",
    "parentPort.postMessage({ id, error: new Error('a bad kernel') });",
    "a bad kernel",
  ],
])("a worker that %s fails the call, and does not leave it waiting", async (_, otherwise, reason) => {
  await using model = await modelInWorker(otherwise);
  const predicting = model.predict(smallBatch());
  await expect(predicting).rejects.toThrow(RuntimeError);
  await expect(predicting).rejects.toThrow(`onnxruntime: predicting failed: ${reason}`);
  await expect(model.readParameters()).rejects.toThrow(RuntimeError);
});

test("what fails after a step was enqueued is thrown by the session's next calls", async () => {
  const model = await modelInWorker("process.exit(3);");
  const session = await model.train({ optimizer: SGD, seed: 0 });
  await session.step(smallBatch(), { learningRate: 0.1 });
  const message = "onnxruntime: a training step failed: the worker thread ended with code 3";
  await expect(session.metrics()).rejects.toThrow(message);
  await expect(session.step(smallBatch(), { learningRate: 0.1 })).rejects.toThrow(message);
  await session.dispose();
  await model.dispose();
});

test("many steps do not wait for ever in the queue of a worker that ended", async () => {
  await using model = await modelInWorker("process.exit(3);");
  const session = await model.train({ optimizer: SGD, seed: 0 });
  const steps = Array.from({ length: 10 }, () => session.step(smallBatch(), { learningRate: 0.1 }));
  const results = await Promise.allSettled(steps);
  expect(results.at(-1)).toBeDefined();
  await expect(session.readState()).rejects.toThrow("the worker thread ended with code 3");
});
