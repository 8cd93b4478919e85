import { lacking } from "@nin/test-support";
import { afterAll, describe, expect, it } from "vitest";
import { nodeDevices } from "../../node-devices.js";
import { LAYERS, layerResults } from "../../testing/layer-results.js";
import { agree } from "../../tuning/agree.js";
import { matmulKernels, plainMatmul } from "./matmul.js";

const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

const KERNELS = (["f32", "mixed"] as const).flatMap((precision) =>
  (context === undefined ? [] : matmulKernels(context.traits, precision)).map((matmul) => ({
    ...{ precision, matmul },
  })),
);

describe("matmul of every kernel are those of the plain one", () => {
  if (context === undefined) {
    it("kernels of webgpu", ({ skip }) =>
      lacking("webgpu:lavapipe", "there is no adapter but SwiftShader", skip));
    return;
  }
  describe.each(KERNELS)("$precision by $matmul.name", ({ precision, matmul }) => {
    it.each(LAYERS)("$name", async (layer) => {
      const expected = await layerResults(context, layer, plainMatmul);
      expect(expected.every((tensor) => tensor.some((value) => value !== 0))).toBe(true);
      expect(agree(await layerResults(context, layer, matmul), expected, precision)).toBe(true);
    });
  });
});
