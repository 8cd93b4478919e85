import { createOnnxRuntimeBackend, engineInThisThread } from "@nin/backend-onnxruntime";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { disableTelemetry } from "./node/telemetry.js";
import { SGD } from "./testing/optimizers.js";
import { heParameters } from "./testing/random-case.js";
import { smallArchitecture, smallBatch } from "./testing/small-model.js";

/** The core with the runtime's module, an engine in the thread that calls it, and nothing of Node. */
const inThisThread = createOnnxRuntimeBackend({
  threads: { byDefault: 1, most: 1 },
  list: async () => [{ id: "cpu", name: "this thread", available: true }],
  start: async (options) => engineInThisThread(options, { ort, prepare: disableTelemetry }),
});

test("the core with a given module computes what the backend in a worker thread does, bit for bit", async () => {
  const results = await Promise.all(
    [inThisThread, createNodeOnnxRuntimeBackend()].map(async (backend) => {
      await using model = await backend.compile(smallArchitecture, { threads: 1, maxBatch: 4 });
      await model.writeParameters(heParameters(smallArchitecture, 1));
      await using session = await model.train({ optimizer: SGD, seed: 3 });
      for (let step = 0; step < 3; step += 1) await session.step(smallBatch(4, step), { learningRate: 0.1 });
      const { losses } = await session.metrics();
      return { losses, scores: await model.predict(smallBatch()), ...(await session.readState()) };
    }),
  );
  expect(results[0]).toEqual(results[1]);
  expect(results[0]?.losses).toHaveLength(3);
});

test("the core names no versions, and refuses a device that its source does not have", async () => {
  expect(await inThisThread.versions()).toEqual({});
  const compiled = inThisThread.compile(smallArchitecture, { device: "cuda" });
  await expect(compiled).rejects.toThrow("onnxruntime: device cuda is not supported; expected cpu");
});
