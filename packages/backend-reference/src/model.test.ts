import { BatchError, DisposedError, ParameterError, UnsupportedError } from "@nin/backend";
import { inferLayers, type Parameters, SpecError, type Tensor } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { createReferenceBackend } from "./backend.js";
import { architectureOf, everyKind } from "./testing/architectures.js";
import {
  randomInput,
  randomParameters,
  smallArchitecture,
  smallImages,
  smallModel,
} from "./testing/small-model.js";

const labels = Uint8Array.from([0, 2]);

describe("compile", () => {
  test("has one device, which is always there", async () => {
    expect(await createReferenceBackend().devices()).toMatchObject([{ id: "cpu", available: true }]);
  });

  test.each([
    [{ device: "cuda" }, "reference: device cuda is not supported; expected cpu"],
    [{ precision: "mixed" as const }, "reference: precision mixed is not supported; expected f32"],
    [{ maxBatch: 0 }, "reference: maxBatch 0 is not supported; expected a positive integer"],
    [{ maxBatch: 1.5 }, "reference: maxBatch 1.5 is not supported; expected a positive integer"],
    [
      { images: { ...smallImages, channels: 3 } },
      "reference: images of 3 channels is not supported; expected 1 or 1",
    ],
  ])("refuses %o", async (options, message) => {
    const compiled = createReferenceBackend().compile(smallArchitecture, options);
    await expect(compiled).rejects.toThrow(UnsupportedError);
    await expect(compiled).rejects.toThrow(message);
  });

  test("refuses a mean for other channels than the network's", async () => {
    const images = { ...smallImages, preprocessing: { mean: [0, 0], std: 1 } };
    await expect(createReferenceBackend().compile(smallArchitecture, { images })).rejects.toThrow(SpecError);
  });

  test("realizes layers and parameters, blocks with what is inside", async () => {
    const { layers } = await smallModel();
    expect(layers.map(({ name, kind, outputShape }) => [name, kind, outputShape])).toEqual([
      ["net.0", "ninBlock", [1, 2, 4, 4]],
      ["net.1", "maxPool2d", [1, 2, 2, 2]],
      ["net.2", "dropout", [1, 2, 2, 2]],
      ["net.3", "flatten", [1, 8]],
      ["net.4", "linear", [1, 3]],
    ]);
    expect(layers[0]?.inner?.map(({ name, kind }) => [name, kind])).toEqual([
      ["net.0.0", "conv2d"],
      ["net.0.1", "relu"],
      ["net.0.2", "conv2d"],
      ["net.0.3", "relu"],
    ]);
    expect([...(layers[0]?.parameters ?? [])]).toEqual([
      ["net.0.0.weight", [3, 1, 3, 3]],
      ["net.0.0.bias", [3]],
      ["net.0.2.weight", [2, 3, 1, 1]],
      ["net.0.2.bias", [2]],
    ]);
    expect(layers[1]?.inner).toBeUndefined();
  });

  test("starts from parameters of zero", async () => {
    const model = await createReferenceBackend().compile(smallArchitecture);
    for (const { data } of (await model.readParameters()).values())
      expect(data.every((x) => x === 0)).toBe(true);
  });

  test("a network of every kind has the shapes that the spec infers", async () => {
    const architecture = everyKind();
    const { layers } = await createReferenceBackend().compile(architecture);
    const inferred = inferLayers(architecture);
    const realized = layers.flatMap((layer) => layer.inner ?? [layer]);
    expect(realized.map(({ outputShape }) => outputShape)).toEqual(
      inferred.map((l) => [1, ...l.outputShape]),
    );
    expect(realized.flatMap((layer) => [...layer.parameters])).toEqual(
      inferred.flatMap((layer) => layer.parameters.map(({ name, shape }) => [name, shape])),
    );
  });
});

describe("predict, activations and gradients", () => {
  test("predict is the last activation", async () => {
    const model = await smallModel();
    const input = randomInput(2);
    const activations = await model.activations({ input });
    expect([...activations.keys()]).toEqual(["net.0", "net.1", "net.2", "net.3", "net.4"]);
    expect(activations.get("net.0")?.shape).toEqual([2, 2, 4, 4]);
    expect(await model.predict({ input })).toEqual(activations.get("net.4"));
  });

  test("scores are [N, classes] also where the network ends in an image", async () => {
    const layers = [{ kind: "conv2d", outChannels: 3, kernelSize: 4 }];
    const model = await createReferenceBackend().compile(architectureOf([1, 4, 4], layers));
    expect((await model.predict({ input: randomInput(2) })).shape).toEqual([2, 3]);
  });

  test("images are preprocessed, input is not", async () => {
    const model = await smallModel({ images: smallImages });
    const images = Uint8Array.from({ length: 32 }, (_, i) => i * 8);
    const input = { shape: [2, 1, 4, 4], data: Float32Array.from(images, (byte) => byte / 255) };
    expect(await model.predict({ images })).toEqual(await model.predict({ input }));
  });

  test("the loss is the batch's mean, its gradient the images' mean", async () => {
    const model = await smallModel();
    const input = randomInput(2);
    const image = (n: number): Tensor => ({
      shape: [1, 1, 4, 4],
      data: input.data.slice(16 * n, 16 * n + 16),
    });
    const both = await model.gradients({ input, labels });
    const first = await model.gradients({ input: image(0), labels: labels.subarray(0, 1) });
    const second = await model.gradients({ input: image(1), labels: labels.subarray(1) });
    expect(both.loss).toBeCloseTo((first.loss + second.loss) / 2, 14);
    for (const [name, { data }] of both.gradients) {
      data.forEach((g, i) => {
        const mean =
          ((first.gradients.get(name)?.data[i] ?? 0) + (second.gradients.get(name)?.data[i] ?? 0)) / 2;
        expect(g).toBeCloseTo(mean, 14);
      });
    }
  });

  test("the margin is that of the same forward pass", async () => {
    const model = await smallModel();
    const { smallest, layers } = await model.margin({ input: randomInput(2) });
    expect([...layers.keys()]).toEqual(["net.0.1", "net.0.3", "net.1"]);
    expect(smallest).toBe(Math.min(...layers.values()));
    expect(smallest).toBeGreaterThan(0);
  });

  test("checks batches and labels", async () => {
    const model = await smallModel({ maxBatch: 2 });
    await expect(model.predict({ input: randomInput(3) })).rejects.toThrow(BatchError);
    await expect(model.predict({ images: new Uint8Array(16) })).rejects.toThrow(BatchError);
    const outOfRange = { input: randomInput(2), labels: Uint8Array.from([0, 3]) };
    await expect(model.gradients(outOfRange)).rejects.toThrow("labels[1]: expected 0 to 2, got 3");
  });
});

describe("parameters", () => {
  test("are copied in and out", async () => {
    const model = await smallModel();
    const written = randomParameters(await model.readParameters(), 5);
    await model.writeParameters(written);
    const read = await model.readParameters();
    expect(read).toEqual(written);
    read.get("net.4.bias")?.data.fill(9);
    written.get("net.4.bias")?.data.fill(9);
    expect((await model.readParameters()).get("net.4.bias")?.data).not.toContain(9);
  });

  test("that do not suit change nothing", async () => {
    const model = await smallModel();
    const before = await model.readParameters();
    const broken: Parameters = new Map([...randomParameters(before, 6)].slice(0, -1));
    await expect(model.writeParameters(broken)).rejects.toThrow(ParameterError);
    expect(await model.readParameters()).toEqual(before);
  });
});

describe("order and disposal", () => {
  test("calls run in the order they were made", async () => {
    const model = await smallModel();
    const input = randomInput(1);
    const parameters = randomParameters(await model.readParameters(), 7);
    const [before, , after] = await Promise.all([
      model.predict({ input }),
      model.writeParameters(parameters),
      model.predict({ input }),
    ]);
    expect(after).not.toEqual(before);
    expect(await model.predict({ input })).toEqual(after);
  });

  test("a call that fails does not stop the next", async () => {
    const model = await smallModel();
    const failing = model.predict({ input: randomInput(129) });
    const next = model.predict({ input: randomInput(1) });
    await expect(failing).rejects.toThrow(BatchError);
    expect((await next).shape).toEqual([1, 3]);
  });

  test("the event loop gets a turn between calls", async () => {
    const model = await smallModel();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    for (let call = 0; call < 20; call += 1) await model.predict({ input: randomInput(1) });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  test("after dispose every call throws, earlier ones still answer", async () => {
    const model = await smallModel();
    const input = randomInput(2);
    const earlier = model.predict({ input });
    await model.dispose();
    await model.dispose();
    expect((await earlier).shape).toEqual([2, 3]);
    const calls = [
      model.predict({ input }),
      model.activations({ input }),
      model.gradients({ input, labels }),
      model.margin({ input }),
      model.readParameters(),
      model.writeParameters(new Map()),
      model.train({ optimizer: { kind: "sgd", learningRate: 1, momentum: 0, weightDecay: 0 }, seed: 0 }),
    ];
    const results = await Promise.allSettled(calls);
    for (const result of results) {
      expect(result).toMatchObject({ status: "rejected", reason: expect.any(DisposedError) });
    }
  });
});
