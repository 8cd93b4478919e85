import { lacking } from "@nin/test-support";
import { afterAll, describe, expect, it } from "vitest";
import type { AdapterTraits, TensorCoreConfig } from "../../device/adapter-traits.js";
import { nodeDevices } from "../../node-devices.js";
import { emulateTensorCore } from "../../testing/emulated-tensor-core.js";
import { LAYERS, layerResults } from "../../testing/layer-results.js";
import { agree } from "../../tuning/agree.js";
import { matmulKernels } from "./matmul.js";

const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

/** NVIDIA's. */
const CONFIGS: readonly TensorCoreConfig[] = [
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 8, lanes: 32 },
];

describe.each(CONFIGS)("matmul by emulated subgroup matrices of $m by $n by $k", (config) => {
  it.for(LAYERS)("$name", async (layer, { skip }) => {
    if (context?.traits.half !== true)
      return lacking("webgpu:lavapipe", "there is no adapter with f16 but SwiftShader", skip);
    const traits: AdapterTraits = { ...context.traits, tensorCores: [config] };
    const [byTensorCore, halfTiles] = matmulKernels(traits, "mixed");
    if (byTensorCore === undefined || halfTiles === undefined) throw new Error("no kernels");
    expect(byTensorCore.name).toMatch(/^tensor-core/);
    // Both round factors to f16 and nothing else.
    const expected = await layerResults(context, layer, halfTiles);
    const actual = await layerResults(context, layer, emulateTensorCore(byTensorCore, config));
    expect(agree(actual, expected, "f32")).toBe(true);
    return undefined;
  });
});
