import { createOnnxRuntimeBackend } from "@nin/backend-onnxruntime";
import { describeConformance } from "@nin/conformance/vitest";

await describeConformance(createOnnxRuntimeBackend, { device: "cpu", threads: 1, quick: true });
