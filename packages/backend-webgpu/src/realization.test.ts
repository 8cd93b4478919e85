import { builtinArchitecture } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { afterEach, expect, it } from "vitest";
import type { GpuContext } from "./device/gpu-context.js";
import { nodeDevices } from "./node-devices.js";
import { GpuNetwork } from "./runtime/gpu-network.js";
import type { TuningRecord, TuningStore } from "./tuning/tuned-layer.js";

const device = (await nodeDevices().list()).find(({ available }) => available);
const contexts: GpuContext[] = [];

afterEach(() => {
  for (const context of contexts.splice(0)) context.device.destroy();
});

/** One record, whatever it is asked for. */
function storeOf(layers: TuningRecord["layers"]): TuningStore {
  const record: TuningRecord = { adapter: "any", precision: "f32", layers };
  return { load: async () => record, save: async () => {}, list: async () => [record] };
}

it("names the kernels that a record chose, so that another record is another realization", async ({
  skip,
}) => {
  if (device === undefined) return lacking("webgpu", "there is no adapter", skip);
  const context = await nodeDevices().open(device.id);
  contexts.push(context);
  const architecture = builtinArchitecture("nin-mnist");
  // Nothing is compiled: kernels are only named.
  const likely = new GpuNetwork(context, architecture, { maxBatch: 8, precision: "f32" });
  const kernels = Object.entries(likely.realization()).filter(([name]) => name.startsWith("kernels of "));
  await likely.dispose();
  const product = kernels[0]?.[1].split(",")[0] ?? "none";
  const realized = async (chosen: string) => {
    const layers = kernels.map(([name]) => ({ layer: name.slice("kernels of ".length), chosen, times: {} }));
    const network = new GpuNetwork(context, architecture, {
      maxBatch: 8,
      precision: "f32",
      tuning: storeOf(layers),
    });
    await network.tune();
    const realization = network.realization();
    await network.dispose();
    return realization;
  };
  const plain = await realized(product);
  expect(plain).toMatchObject({ adapter: context.traits.name, microBatch: expect.stringMatching(/^\d+$/) });
  expect(Object.values(plain)).toContain(product);
  const transformed = await realized(`${product} winograd`);
  const different = Object.keys(plain).filter((name) => plain[name] !== transformed[name]);
  expect(different.length).toBeGreaterThan(0);
  for (const name of different) {
    expect(name).toMatch(/^kernels of \d+ x \d+x\d+x\d+ to /);
    expect(transformed[name]).toMatch(/^\S+, winograd from \d+ channels$/);
  }
});
