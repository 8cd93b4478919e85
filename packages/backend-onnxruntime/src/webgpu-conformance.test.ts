import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { describeConformance } from "@nin/conformance/vitest";
import { lacking } from "@nin/test-support";
import { test } from "vitest";
import { smallPart } from "./testing/quick-cases.js";

const webgpu = (await createNodeOnnxRuntimeBackend().devices()).find(({ id }) => id === "webgpu");

// A process has one adapter, prepared in its main thread: that of this file is vitest's, a fork.
if (webgpu?.available === true) {
  await describeConformance(createNodeOnnxRuntimeBackend, { device: "webgpu", cases: smallPart() });
} else {
  test("conformance of onnxruntime on webgpu", ({ skip }) =>
    lacking("onnxruntime:webgpu", webgpu?.reason ?? "not known", skip));
}
