import { afterAll, describe, expect, it } from "vitest";
import { nodeDevices } from "../device/node-devices.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import { emulateMatrices } from "../testing/emulated-matrices.js";
import { BLOCK_LAYERS, GROUPED_LAYER, LAYERS, layerResults } from "../testing/layer-results.js";
import { lacking } from "../testing/requirements.js";
import { agree } from "../tuning/agree.js";
import type { MatrixConfig } from "./matrices.wgsl.js";
import { productKernels } from "./products.js";

const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

/** NVIDIA's. */
const CONFIGS: readonly MatrixConfig[] = [
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 8, lanes: 32 },
];

const PATIENCE = { timeout: 60_000 };

/** Of the blocks those that all layers are computed by, one of each form: so large a text takes lavapipe seconds. */
const THOROUGHLY = ["matrix-blocks-16x16x16-128x128x16-twice", "matrix-blocks-16x16x16-128x96x32"];

/** Those of the kernels that the adapter's workgroup memory has room for, and layers. */
const KERNELS = CONFIGS.flatMap((matrices) => {
  if (context?.traits.half !== true) return [];
  return productKernels({ ...context.traits, matrices }, "mixed")
    .map((products) => ({ products: emulateMatrices(products, matrices), layers: layersOf(products.name) }))
    .filter(({ layers }) => layers.length > 0);
});

function layersOf(name: string): readonly ConvolveOptions[] {
  if (name.startsWith("matrices") || THOROUGHLY.includes(name)) return [...LAYERS, ...BLOCK_LAYERS];
  if (name.startsWith("matrix-blocks-16x16x16")) return LAYERS.slice(1, 2);
  return name.startsWith("matrix-blocks") && name.endsWith("-128x128x16-twice") ? LAYERS.slice(0, 1) : [];
}

describe("products by emulated subgroup matrices", () => {
  if (context?.traits.half !== true) {
    it("kernels of webgpu", ({ skip }) =>
      lacking("webgpu:lavapipe", "there is no adapter with f16 but SwiftShader", skip));
    return;
  }
  const halfTiles = productKernels(context.traits, "mixed").find(({ name }) => name === "half-tiles-64");
  if (halfTiles === undefined) throw new Error("no kernels to compare with");

  it("are had in blocks too", () => {
    const names = new Set(KERNELS.map(({ products }) => products.name));
    expect([...names].filter((name) => name.includes("matrix-blocks")).length).toBeGreaterThanOrEqual(5);
  });

  describe.each(KERNELS)("$products.name", ({ products, layers }) => {
    it.each(layers)("$name", PATIENCE, async (layer) => {
      // Both round factors to f16 and nothing else.
      const expected = await layerResults(context, layer, halfTiles);
      expect(agree(await layerResults(context, layer, products), expected, "f32")).toBe(true);
    });

    it.runIf(layers.length > LAYERS.length)("products of their own", PATIENCE, async () => {
      const expected = await layerResults(context, GROUPED_LAYER, halfTiles, { winogradChannels: 1 });
      const actual = await layerResults(context, GROUPED_LAYER, products, { winogradChannels: 1 });
      expect(agree(actual, expected, "f32")).toBe(true);
    });
  });
});
