import { describeConformance } from "@nin/conformance/vitest";
import { lacking } from "@nin/test-support";
import { test } from "vitest";
import { createNodeWebGpuBackend } from "./node.js";

const device = (await createNodeWebGpuBackend().devices()).find(({ available }) => available);

if (device !== undefined) {
  await describeConformance(createNodeWebGpuBackend, { device: device.id, quick: true });
} else {
  test("conformance of webgpu", ({ skip }) =>
    lacking("webgpu", "there is no adapter, not even SwiftShader", skip));
}
