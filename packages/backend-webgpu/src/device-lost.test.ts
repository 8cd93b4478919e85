import { DeviceLostError } from "@nin/backend";
import { builtinArchitecture } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { describe, expect, test } from "vitest";
import { createWebGpuBackend, type DeviceSource } from "./backend.js";
import type { AdapterTraits } from "./device/adapter-traits.js";
import { encodeRead } from "./device/buffers.js";
import { GpuContext } from "./device/gpu-context.js";
import { nodeDevices } from "./node-devices.js";

const usable = (await nodeDevices().list()).some(({ available }) => available);
const architecture = builtinArchitecture("nin-mnist");
const input = { shape: [1, 1, 28, 28], data: new Float32Array(784) };

describe("a device that is lost", () => {
  test("is a typed error from then on, and compile opens it anew", async ({ skip }) => {
    if (!usable) return lacking("webgpu", "there is no adapter", skip);
    const opened: GpuContext[] = [];
    const nodes = nodeDevices();
    const source: DeviceSource = {
      list: () => nodes.list(),
      open: async (id) => {
        const context = await nodes.open(id);
        opened.push(context);
        return context;
      },
    };
    const backend = createWebGpuBackend(source);
    const model = await backend.compile(architecture, { maxBatch: 1 });
    await model.predict({ input });
    opened[0]?.device.destroy();
    await opened[0]?.device.lost;
    await expect(model.predict({ input })).rejects.toThrow(DeviceLostError);
    await expect(model.readParameters()).rejects.toThrow(/was lost.*last checkpoint/);
    await model.dispose();
    const again = await backend.compile(architecture, { maxBatch: 1 });
    expect((await again.predict({ input })).shape).toEqual([1, 10]);
    expect(opened).toHaveLength(2);
    await again.dispose();
    return undefined;
  });

  test.each([
    [
      "announced after the read that failed by it",
      () => new Promise((lost) => setTimeout(lost, 30, { reason: "destroyed", message: "" })),
      "webgpu: the device of a test was lost: destroyed",
    ],
    ["not lost at all", () => new Promise(() => undefined), "the buffer was unmapped"],
  ])("is distinguished from another failure of a read: %s", async (_what, lost, message) => {
    const target = {
      mapAsync: () => Promise.reject(new Error("the buffer was unmapped")),
      destroy: () => undefined,
    };
    const device = { lost: lost(), addEventListener: () => undefined, createBuffer: () => target };
    const traits = { name: "of a test" } as AdapterTraits;
    const context = new GpuContext(device as unknown as GPUDevice, traits);
    const encoder = { copyBufferToBuffer: () => undefined } as unknown as GPUCommandEncoder;
    const source = { label: "losses" } as GPUBuffer;
    await expect(encodeRead(context, encoder, source, 4).take()).rejects.toThrow(message);
  });
});
