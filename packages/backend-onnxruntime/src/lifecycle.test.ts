import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { builtinArchitecture } from "@nin/spec";
import { expect, test } from "vitest";
import { SGD } from "./testing/optimizers.js";
import { randomBatch } from "./testing/random-case.js";
import { smallImages, smallModel } from "./testing/small-model.js";

const rate = { learningRate: 0.1 };

test("a seed that cannot be is refused, and leaves the model free", async () => {
  await using model = await smallModel();
  await expect(model.train({ optimizer: SGD, seed: -1 })).rejects.toThrow(RangeError);
  await (await model.train({ optimizer: SGD, seed: 0 })).dispose();
});

/** Node's own bytes: views of a memory that others use too, whose `slice` is a view again. */
function inPool(bytes: Uint8Array): Buffer {
  const pool = new ArrayBuffer(bytes.length + 8);
  const held = Buffer.from(pool, 8, bytes.length);
  held.set(bytes);
  return held;
}

test("a batch of Buffers is the caller's to change as soon as it was handed over", async () => {
  await using model = await smallModel({ imageFormat: smallImages });
  const session = await model.train({ optimizer: SGD, seed: 0 });
  const images = Uint8Array.from({ length: 64 }, (_, index) => index * 3);
  const labels = Uint8Array.from([0, 1, 2, 0]);
  const start = await session.readState();
  await session.step({ images, labels }, rate);
  const expected = await session.readState();
  await session.writeState(start);
  const held = { images: inPool(images), labels: inPool(labels) };
  const stepping = session.step(held, rate);
  expect([...held.images]).toEqual([...images]);
  held.images.fill(0);
  held.labels.fill(0);
  await stepping;
  expect(await session.readState()).toEqual(expected);
});

test("the event loop is free during a step", async () => {
  const architecture = builtinArchitecture("nin-mnist");
  await using model = await createNodeOnnxRuntimeBackend().compile(architecture, {
    threads: 1,
    maxBatch: 64,
  });
  await using session = await model.train({ optimizer: SGD, seed: 0 });
  const batch = randomBatch(architecture, 64, 1);
  await session.step(batch, rate);
  await session.metrics();
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 5);
  const started = performance.now();
  await session.step(batch, rate);
  await session.metrics();
  const elapsedMs = performance.now() - started;
  clearInterval(timer);
  expect(elapsedMs).toBeGreaterThan(40);
  expect(ticks).toBeGreaterThanOrEqual(elapsedMs / 5 / 4);
});
