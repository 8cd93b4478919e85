import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { conformanceCases } from "@nin/conformance";
import { describeConformance } from "@nin/conformance/vitest";

/** The quick cases, and the tutorial's network at full size compared with PyTorch. */
const cases = conformanceCases().filter(({ id, quick }) => quick || id.includes("/nin-base/"));

await describeConformance(createNodeOnnxRuntimeBackend, { device: "cpu", threads: 1, cases });
