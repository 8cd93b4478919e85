import { describe, expect, it } from "vitest";
import { backendEntries, listBackends, loadBackend, UnknownBackendError } from "./index.js";

describe("the list of backends", () => {
  it.each(backendEntries.map(({ id }) => id))("loads %s, which goes by the same name", async (id) => {
    const backend = await loadBackend(id);
    expect(backend.id).toBe(id);
  });

  it("names the known ones when asked for another", async () => {
    await expect(loadBackend("caffe")).rejects.toThrow(UnknownBackendError);
    await expect(loadBackend("caffe")).rejects.toThrow(
      "backend: expected one of onnxruntime, webgpu, tfjs, reference, got caffe",
    );
  });

  it("lists every device, usable or why not", async () => {
    const listings = await listBackends();
    expect(listings.map(({ backend }) => backend)).toEqual(["onnxruntime", "webgpu", "tfjs", "reference"]);
    expect(listings.map(({ devices }) => devices.map(({ id }) => id))).toEqual([
      ["cpu", "webgpu", "cuda", "wasm"],
      ["gpu", "lavapipe", "swiftshader"],
      ["tensorflow", "webgpu", "cpu"],
      ["cpu"],
    ]);
    for (const device of listings.flatMap(({ devices }) => devices)) {
      expect(device.name).not.toBe("");
      expect(device.available || (device.reason ?? "") !== "").toBe(true);
    }
    expect(listings[0]?.devices[0]?.available).toBe(true);
    expect(listings.flatMap(({ devices }) => devices).some((device) => "details" in device)).toBe(false);
  });

  it("gives details when asked for", { timeout: 120_000 }, async () => {
    const [onnxruntime] = await listBackends({ details: true });
    expect(onnxruntime?.devices[0]?.details?.map(({ name }) => name)).toContain("threads");
  });
});
