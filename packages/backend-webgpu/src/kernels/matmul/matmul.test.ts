import { afterAll, describe, expect, it } from "vitest";
import { nodeDevices } from "../../node-devices.js";
import { LAYERS, layerResults } from "../../testing/layer-results.js";
import { lacking } from "../../testing/requirements.js";
import { agree } from "../../tuning/agree.js";
import { plainProducts, productKernels } from "./matmul.js";

const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

const KERNELS = (["f32", "mixed"] as const).flatMap((precision) =>
  (context === undefined ? [] : productKernels(context.traits, precision)).map((products) => ({
    ...{ precision, products },
  })),
);

describe("products of every kernel are those of the plain one", () => {
  if (context === undefined) {
    it("kernels of webgpu", ({ skip }) =>
      lacking("webgpu:lavapipe", "there is no adapter but SwiftShader", skip));
    return;
  }
  describe.each(KERNELS)("$precision by $products.name", ({ precision, products }) => {
    it.each(LAYERS)("$name", async (layer) => {
      const expected = await layerResults(context, layer, plainProducts);
      expect(expected.every((tensor) => tensor.some((value) => value !== 0))).toBe(true);
      expect(agree(await layerResults(context, layer, products), expected, precision)).toBe(true);
    });
  });
});
