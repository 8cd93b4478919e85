import { afterAll, describe, expect, it } from "vitest";
import { nodeDevices } from "../device/node-devices.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import { lacking } from "../testing/requirements.js";
import { agree } from "../tuning/agree.js";
import { linkLayer } from "../tuning/layer-program.js";
import { type ProductKernel, plainProducts, productKernels } from "./products.js";

const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

/** From so many channels to so many, by a window of that size. */
function layerOf(from: number, to: number, kernelSize: number, [height, width]: readonly [number, number]) {
  const layer: ConvolveOptions = {
    name: `${from} to ${to} by ${kernelSize}x${kernelSize}`,
    input: {
      ...{ slot: { label: "input", sizeBytes: IMAGES * height * width * from * 4 }, channels: from },
      ...{ height, width, stride: from, flat: false },
    },
    output: { channels: to, height, width, flat: false },
    kernelSize: [kernelSize, kernelSize],
    stride: [1, 1],
    padding: [(kernelSize - 1) / 2, (kernelSize - 1) / 2],
    bias: true,
    relu: false,
    weightShape: [to, from, kernelSize, kernelSize],
  };
  return layer;
}

const IMAGES = 3;

/** Of no tile a multiple, several of each, and the other way round; rows beyond a segment. */
const LAYERS: readonly ConvolveOptions[] = [
  layerOf(200, 136, 1, [9, 7]),
  layerOf(8, 264, 3, [5, 4]),
  layerOf(96, 96, 1, [23, 19]),
];

const CASES = (["f32", "mixed"] as const).flatMap((precision) =>
  (context === undefined ? [] : productKernels(context.traits, precision)).flatMap((products) =>
    LAYERS.map((layer) => ({ precision, products, layer })),
  ),
);

async function resultsOf(layer: ConvolveOptions, products: ProductKernel) {
  if (context === undefined) throw new Error("no adapter");
  const kernels = { products, winogradChannels: Number.POSITIVE_INFINITY };
  return context.checked("computing a layer", async () => {
    const program = await linkLayer(context, layer, kernels, IMAGES);
    try {
      return await program.results();
    } finally {
      program.dispose();
    }
  });
}

describe("products of every kernel are those of the plain one", () => {
  it.skipIf(context !== undefined)("on an adapter that compiles them in seconds", ({ skip }) =>
    lacking("webgpu:lavapipe", "there is no adapter but SwiftShader", skip),
  );
  it.each(CASES)("$precision by $products.name: $layer.name", async ({ precision, products, layer }) => {
    const expected = await resultsOf(layer, plainProducts);
    expect(expected.some((tensor) => tensor.some((value) => value !== 0))).toBe(true);
    expect(agree(await resultsOf(layer, products), expected, precision)).toBe(true);
  });
});
