import { at } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { afterAll, describe, expect, it } from "vitest";
import type { AdapterTraits, TensorCoreConfig } from "../../device/adapter-traits.js";
import { nodeDevices } from "../../node-devices.js";
import { emulateTensorCore } from "../../testing/emulated-tensor-core.js";
import { LAYERS, layerResults } from "../../testing/layer-results.js";
import { agree } from "../../tuning/agree.js";
import type { BufferedSize } from "../convolution/tensor-core-buffered.wgsl.js";
import { bufferedKernel, matmulKernels } from "./matmul.js";

const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

/** NVIDIA's. */
const CONFIGS: readonly TensorCoreConfig[] = [
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 16, lanes: 32 },
  { m: 16, n: 8, k: 8, lanes: 32 },
];

/** Small, as a software adapter compiles each matrix of sums for a second; not every invocation has the same number of loads. */
const BUFFERED: BufferedSize = { rows: 64, columns: 96, depth: 16, subgroups: [4, 2] };

describe.each(CONFIGS)("matmul by emulated subgroup matrices of $m by $n by $k", (config) => {
  it.for(LAYERS)("$name", async (layer, { skip }) => {
    if (context?.traits.half !== true)
      return lacking("webgpu:lavapipe", "there is no adapter with f16 but SwiftShader", skip);
    const traits: AdapterTraits = { ...context.traits, tensorCores: [config] };
    const [byTensorCore, ...others] = matmulKernels(traits, "mixed");
    if (byTensorCore === undefined) throw new Error("no kernels");
    expect(byTensorCore.name).toMatch(/^tensor-core/);
    const halfTiles = others.filter(({ name }) => name.startsWith("half-tiles"));
    // All round factors to f16 and nothing else.
    const expected = await layerResults(context, layer, at(halfTiles, 0));
    for (const kernel of [byTensorCore, bufferedKernel(BUFFERED, config)]) {
      const actual = await layerResults(context, layer, emulateTensorCore(kernel, config));
      expect(agree(actual, expected, "f32"), kernel.name).toBe(true);
    }
    return undefined;
  });
});

it.each([
  [48 * 1024, ["64x64", "128x96", "128x128", "128x256"]],
  [40 * 1024, ["64x64", "128x256"]],
  [16 * 1024, ["64x64"]],
])("with %i bytes of workgroup memory there are the kernels that fit", (bytes, sizes) => {
  const limits = { maxComputeWorkgroupStorageSize: bytes, maxComputeInvocationsPerWorkgroup: 256 };
  const traits = { half: true, tensorCores: [at(CONFIGS, 0)], limits } as unknown as AdapterTraits;
  const names = matmulKernels(traits, "mixed").map(({ name }) => name);
  expect(names.filter((name) => name.startsWith("tensor-core-buffered"))).toEqual(
    sizes.map((size) => `tensor-core-buffered-${size}`),
  );
});
