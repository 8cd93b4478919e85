import { DisposedError, UnsupportedError } from "@nin/backend";
import { SpecError } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { createReferenceBackend } from "./backend.js";
import { randomInput, smallArchitecture, smallImages, smallModel } from "./testing/small-model.js";

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
      { imageFormat: { ...smallImages, channels: 3 } },
      "reference: images of 3 channels is not supported; expected 1",
    ],
  ])("refuses %o", async (options, message) => {
    const compiled = createReferenceBackend().compile(smallArchitecture, options);
    await expect(compiled).rejects.toThrow(UnsupportedError);
    await expect(compiled).rejects.toThrow(message);
  });

  test("refuses a mean for other channels than the network's", async () => {
    const images = { ...smallImages, preprocessing: { mean: [0, 0], std: 1 } };
    await expect(
      createReferenceBackend().compile(smallArchitecture, { imageFormat: images }),
    ).rejects.toThrow(SpecError);
  });
});

describe("the margin", () => {
  test("is that of the same forward pass", async () => {
    const model = await smallModel();
    const { smallest, layers } = await model.margin({ input: randomInput(2) });
    expect([...layers.keys()]).toEqual(["net.0.1", "net.0.3", "net.1"]);
    expect(smallest).toBe(Math.min(...layers.values()));
    expect(smallest).toBeGreaterThan(0);
  });

  test("of a disposed model throws", async () => {
    const model = await smallModel();
    await model.dispose();
    await expect(model.margin({ input: randomInput(2) })).rejects.toThrow(DisposedError);
  });
});

test("the event loop gets turns between calls, however many they are", async () => {
  const model = await smallModel();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const start = performance.now();
  while (performance.now() - start < 200) await model.predict({ input: randomInput(1) });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
