import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { describeConformance } from "@nin/conformance/vitest";
import { quickCases } from "./testing/quick-cases.js";

await describeConformance(createNodeOnnxRuntimeBackend, {
  device: "cpu",
  threads: 1,
  cases: quickCases("others"),
});
