import type { Device } from "@nin/backend";
import { createNodeWebGpuBackend } from "@nin/backend-webgpu/node";
import { lacking } from "@nin/test-support";
import { prepareSoftwareAdapter } from "@nin/vulkan-driver";
import { describe, expect, test } from "vitest";
import { browserDevices } from "../browser-devices.js";
import { nodeDevices } from "../node-devices.js";

/** Those of WebGPU's own defaults, which no adapter is below. */
const LEAST = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 2 ** 14,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65535,
};
const usable = (await nodeDevices().list()).some(({ available }) => available);

const valuesOf = ({ details = [] }: Device): Readonly<Record<string, unknown>> =>
  Object.fromEntries(details.map(({ name, value }) => [name, value]));

function checkDetails(device: Device): void {
  const values = valuesOf(device);
  expect(values.adapter).toEqual(expect.stringMatching(/./));
  expect(values.features).toContain("core-features-and-limits");
  for (const [limit, least] of Object.entries(LEAST)) {
    expect(values[limit], limit).toBeGreaterThanOrEqual(least);
  }
}

describe("the details of adapters", { timeout: 120_000 }, () => {
  test("are those of each one, from a process of its own", async ({ skip }) => {
    if (!usable) return lacking("webgpu", "there is no adapter", skip);
    const devices = await createNodeWebGpuBackend().devices({ details: true });
    for (const device of devices) {
      if (!device.available) {
        expect([device.details, device.reason]).toEqual([undefined, expect.any(String)]);
        continue;
      }
      checkDetails(device);
      expect(valuesOf(device).software).toBe(device.id !== "gpu");
    }
    const named = new Set(devices.map((device) => valuesOf(device).adapter));
    expect(named.size).toBe(
      devices.filter(({ available }) => available).length + Number(named.has(undefined)),
    );
    return undefined;
  });

  test("are given when asked for, and nothing is opened otherwise", async () => {
    const devices = await createNodeWebGpuBackend().devices();
    expect(devices.some((device) => "details" in device)).toBe(false);
  });

  test("are the page's own in a browser, which may have no adapter", async ({ skip }) => {
    if (!usable) return lacking("webgpu", "there is no adapter", skip);
    await prepareSoftwareAdapter();
    const { create } = await import("webgpu");
    const gpu = create([]);
    const [device] = await browserDevices(gpu).list({ details: true });
    if (device === undefined) throw new Error("a browser has a device");
    checkDetails(device);
    expect(device.hardware?.name).toBe(valuesOf(device).adapter);
    expect(await browserDevices(gpu).list()).toEqual([
      { id: "gpu", name: device.name, available: true, hardware: device.hardware },
    ]);
    const without = browserDevices({ ...gpu, requestAdapter: async () => null });
    expect(await without.list({ details: true })).toEqual([
      { id: "gpu", name: "WebGPU", available: false, reason: "WebGPU found no adapter" },
    ]);
    return undefined;
  });
});
