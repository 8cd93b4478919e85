import { DisposedError, ParameterError, SessionError, type TrainOptions } from "@nin/backend";
import { createOnnxRuntimeBackend } from "@nin/backend-onnxruntime";
import { builtinArchitecture } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { ADAMW, SGD } from "./testing/optimizers.js";
import { randomBatch } from "./testing/random-case.js";
import { smallBatch, smallImages, smallModel } from "./testing/small-model.js";

const rate = { learningRate: 0.1 };

describe("dispose", () => {
  test("lets earlier calls end, makes later ones throw, and may be called twice", async () => {
    const model = await smallModel();
    const batch = smallBatch(2);
    const earlier = [model.predict(batch), model.gradients(batch)] as const;
    await Promise.all([model.dispose(), model.dispose()]);
    await model.dispose();
    expect((await earlier[0]).shape).toEqual([2, 3]);
    expect((await earlier[1]).gradients.size).toBe(6);
    const later = await Promise.allSettled([
      model.predict(batch),
      model.predict({ images: new Uint8Array(1) }),
      model.activations(batch),
      model.gradients(batch),
      model.readParameters(),
      model.writeParameters(new Map()),
      model.train({ optimizer: SGD, seed: 0 }),
    ]);
    for (const result of later) {
      expect(result).toMatchObject({ status: "rejected", reason: expect.any(DisposedError) });
    }
  });

  test("of a model ends its session too", async () => {
    const model = await smallModel();
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await model.dispose();
    await expect(session.step(smallBatch(), rate)).rejects.toThrow(DisposedError);
    await expect(session.evaluate(smallBatch())).rejects.toThrow(DisposedError);
    await expect(session.metrics()).rejects.toThrow(DisposedError);
    await expect(model.train({ optimizer: SGD, seed: 0 })).rejects.toThrow(DisposedError);
    await session.dispose();
  });

  test("of a session leaves the model its trained parameters, and free for another", async () => {
    await using model = await smallModel();
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await expect(model.train({ optimizer: SGD, seed: 0 })).rejects.toThrow(SessionError);
    await session.step(smallBatch(), rate);
    const { parameters } = await session.readState();
    await Promise.all([session.dispose(), session.dispose()]);
    for (const call of [
      session.step(smallBatch(), rate),
      session.evaluate(smallBatch()),
      session.metrics(),
      session.readState(),
      session.writeState({ step: 0, parameters, optimizer: new Map() }),
    ]) {
      await expect(call).rejects.toThrow(DisposedError);
    }
    expect(await model.readParameters()).toEqual(parameters);
    await (await model.train({ optimizer: ADAMW, seed: 0 })).dispose();
  });

  test("a refused session leaves the model free", async () => {
    await using model = await smallModel();
    await expect(model.train({ optimizer: SGD, seed: 0, firstStep: -1 })).rejects.toThrow(ParameterError);
    await expect(model.train({ optimizer: SGD, seed: -1 })).rejects.toThrow(RangeError);
    await (await model.train({ optimizer: SGD, seed: 0 })).dispose();
  });
});

test("overlapping calls run in the order in which they were made", async () => {
  await using overlapping = await smallModel();
  await using awaited = await smallModel();
  const batches = [smallBatch(4, 1), smallBatch(4, 2), smallBatch(4, 3)];
  const [first = smallBatch(), second = first, third = first] = batches;
  const options: TrainOptions = { optimizer: SGD, seed: 5 };

  const session = await overlapping.train(options);
  const calls = [
    session.step(first, rate),
    session.metrics(),
    session.step(second, rate),
    session.readState(),
    overlapping.predict(first),
    session.step(third, rate),
    session.metrics(),
    session.dispose(),
    overlapping.train(options).then((again) => again.dispose()),
    overlapping.readParameters(),
  ] as const;

  const slow = await awaited.train(options);
  await slow.step(first, rate);
  expect(await calls[1]).toEqual(await slow.metrics());
  await slow.step(second, rate);
  expect(await calls[3]).toEqual(await slow.readState());
  expect(await calls[4]).toEqual(await awaited.predict(first));
  await slow.step(third, rate);
  expect(await calls[6]).toEqual(await slow.metrics());
  expect(await calls[9]).toEqual(await awaited.readParameters());
  await Promise.all(calls);
});

/** Node's own bytes: views of a memory that others use too, whose `slice` is a view again. */
function inPool(bytes: Uint8Array): Buffer {
  const pool = new ArrayBuffer(bytes.length + 8);
  const held = Buffer.from(pool, 8, bytes.length);
  held.set(bytes);
  return held;
}

test.each([
  ["bytes", (bytes: Uint8Array) => bytes.slice()],
  [
    "part of a larger buffer",
    (bytes: Uint8Array) => Uint8Array.from([9, ...bytes, 9]).subarray(1, bytes.length + 1),
  ],
  ["a Buffer", inPool],
])("a batch is the caller's to change as soon as it was handed over: %s", async (_, hold) => {
  await using model = await smallModel({ images: smallImages });
  const session = await model.train({ optimizer: SGD, seed: 0 });
  const images = Uint8Array.from({ length: 64 }, (_, index) => index * 3);
  const labels = Uint8Array.from([0, 1, 2, 0]);
  const start = await session.readState();
  await session.step({ images, labels }, rate);
  const expected = await session.readState();
  await session.writeState(start);
  const held = { images: hold(images), labels: hold(labels) };
  expect(held.images).toHaveLength(64);
  const stepping = session.step(held, rate);
  expect([...held.images]).toEqual([...images]);
  held.images.fill(0);
  held.labels.fill(0);
  await stepping;
  expect(await session.readState()).toEqual(expected);
});

test("the event loop is free during a step", async () => {
  const architecture = builtinArchitecture("nin-mnist");
  await using model = await createOnnxRuntimeBackend().compile(architecture, { threads: 1, maxBatch: 64 });
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
