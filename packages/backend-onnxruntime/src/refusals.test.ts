import { BatchError, ParameterError } from "@nin/backend";
import type { Parameters } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { ADAMW, SGD } from "./testing/optimizers.js";
import { smallBatch, smallImages, smallModel } from "./testing/small-model.js";

const rate = { learningRate: 0.1 };

describe("what does not suit", () => {
  const withImages = { images: smallImages };
  const images = new Uint8Array(16);

  test("a batch is refused, and nothing is done", async () => {
    await using model = await smallModel({ ...withImages, maxBatch: 4 });
    const { input } = smallBatch(5);
    const two = smallBatch(2);
    const wrong = { ...two.input, shape: [2, 1, 2, 8] };
    for (const call of [
      model.predict({ input }),
      model.predict({ input: wrong }),
      model.predict({ images: new Uint8Array(0) }),
      model.activations({ images: new Uint8Array(17) }),
      model.gradients({ ...two, labels: Uint8Array.from([0, 3]) }),
      model.gradients({ ...two, labels: Int32Array.from([0, -1]) }),
      model.gradients({ ...two, labels: Uint8Array.from([0]) }),
    ]) {
      await expect(call).rejects.toThrow(BatchError);
    }
    const dataset = { images: new Uint8Array(48), labels: Uint8Array.from([0, 1, 2]) };
    await using session = await model.train({ optimizer: SGD, seed: 0, dataset });
    const before = await session.readState();
    for (const call of [
      session.step({ input, labels: new Uint8Array(5) }, rate),
      session.step({ images, labels: Uint8Array.from([3]) }, rate),
      session.step({ indices: new Uint32Array(0) }, rate),
      session.step({ indices: new Uint32Array(5) }, rate),
      session.step({ indices: Uint32Array.from([0, 3]) }, rate),
      session.evaluate({ images, labels: Uint8Array.from([0, 1]) }),
    ]) {
      await expect(call).rejects.toThrow(BatchError);
    }
    expect(await session.readState()).toEqual(before);
    expect(await session.metrics()).toMatchObject({ losses: [], evaluation: { images: 0 } });
  });

  test("images without a format, indices without a data set, and such a data set", async () => {
    await using model = await smallModel();
    await expect(model.predict({ images })).rejects.toThrow(BatchError);
    const dataset = { images, labels: Uint8Array.from([0]) };
    const options = { optimizer: SGD, seed: 0 };
    await expect(model.train({ ...options, dataset })).rejects.toThrow(BatchError);
    await using session = await model.train(options);
    await expect(session.step({ indices: Uint32Array.from([0]) }, rate)).rejects.toThrow(BatchError);
  });

  test.each([
    ["a label out of range", { images, labels: Uint8Array.from([3]) }],
    ["more labels than images", { images, labels: Uint8Array.from([0, 0]) }],
    ["part of an image", { images: new Uint8Array(24), labels: Uint8Array.from([0]) }],
  ])("a data set with %s", async (_, dataset) => {
    await using model = await smallModel(withImages);
    await expect(model.train({ optimizer: SGD, seed: 0, dataset })).rejects.toThrow(BatchError);
  });

  test("parameters are refused whole", async () => {
    await using model = await smallModel();
    const before = new Map(await model.readParameters());
    const bias = before.get("net.4.bias");
    if (bias === undefined) throw new Error("net.4.bias is missing");
    const changed = (name: string, tensor: typeof bias): Parameters => {
      const others = [...before].map(
        ([key, { shape, data }]) => [key, { shape, data: data.map(() => 7) }] as const,
      );
      return new Map([...others, [name, tensor]]);
    };
    for (const wrong of [
      new Map([...before].filter(([name]) => name !== "net.4.bias")),
      changed("net.5.bias", bias),
      changed("net.4.bias", { ...bias, shape: [1, 3] }),
      changed("net.4.bias", { ...bias, data: Float32Array.of(1, Number.NaN, 2) }),
      changed("net.4.bias", { ...bias, data: Float32Array.of(1, 2) }),
    ]) {
      await expect(model.writeParameters(wrong)).rejects.toThrow(ParameterError);
    }
    expect(await model.readParameters()).toEqual(before);
  });

  test("a training state is refused whole", async () => {
    await using model = await smallModel();
    await using session = await model.train({ optimizer: ADAMW, seed: 0 });
    await session.step(smallBatch(), rate);
    const before = await session.readState();
    const parameters = new Map(
      [...before.parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 7) }]),
    );
    for (const wrong of [
      { ...before, parameters, optimizer: new Map() },
      { ...before, parameters, optimizer: new Map([...before.optimizer].slice(1)) },
      { ...before, parameters, step: -1 },
      { ...before, parameters, step: 1.5 },
      { ...before, parameters: new Map() },
    ]) {
      await expect(session.writeState(wrong)).rejects.toThrow(ParameterError);
    }
    expect(await session.readState()).toEqual(before);
  });
});
