import { describeConformance } from "@nin/conformance/vitest";
import { createNodeTensorFlowBackend } from "./node.js";

await describeConformance(createNodeTensorFlowBackend, { device: "cpu", quick: true });
