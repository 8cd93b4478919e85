import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { describeConformance } from "@nin/conformance/vitest";
import { smallPart } from "./testing/quick-cases.js";

// The quick cases of every level run in a page: each model's thread instantiates the runtime anew here.
await describeConformance(createNodeOnnxRuntimeBackend, { device: "wasm", threads: 1, cases: smallPart() });
