import { afterAll, describe, expect, it } from "vitest";
import type { AdapterTraits } from "../../device/adapter-traits.js";
import { nodeDevices } from "../../node-devices.js";
import { emulateMatrices } from "../../testing/emulated-tensor-core.js";
import { LAYERS, layerResults } from "../../testing/layer-results.js";
import { lacking } from "../../testing/requirements.js";
import { agree } from "../../tuning/agree.js";
import type { MatrixConfig } from "../convolution/tensor-core.wgsl.js";
import { productKernels } from "./matmul.js";

const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

/** NVIDIA's. */
const CONFIGS: readonly MatrixConfig[] = [
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 8, lanes: 32 },
];

describe.each(CONFIGS)("products by emulated subgroup matrices of $m by $n by $k", (matrices) => {
  it.for(LAYERS)("$name", async (layer, { skip }) => {
    if (context?.traits.half !== true)
      return lacking("webgpu:lavapipe", "there is no adapter with f16 but SwiftShader", skip);
    const traits: AdapterTraits = { ...context.traits, matrices };
    const [byMatrices, halfTiles] = productKernels(traits, "mixed");
    if (byMatrices === undefined || halfTiles === undefined) throw new Error("no kernels");
    expect(byMatrices.name).toMatch(/^matrices/);
    // Both round factors to f16 and nothing else.
    const expected = await layerResults(context, layer, halfTiles);
    const actual = await layerResults(context, layer, emulateMatrices(byMatrices, matrices));
    expect(agree(actual, expected, "f32")).toBe(true);
    return undefined;
  });
});
