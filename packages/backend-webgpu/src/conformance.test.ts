import { describeConformance } from "@nin/conformance/vitest";
import { test } from "vitest";
import { createNodeWebGpuBackend } from "./node.js";
import { lacking } from "./testing/requirements.js";

const device = (await createNodeWebGpuBackend().devices()).find(({ available }) => available);

if (device !== undefined) {
  await describeConformance(createNodeWebGpuBackend, { device: device.id, quick: true });
} else {
  test("conformance of webgpu", ({ skip }) =>
    lacking("webgpu", "there is no adapter, not even SwiftShader", skip));
}
