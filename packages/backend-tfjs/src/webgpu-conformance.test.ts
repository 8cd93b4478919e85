import { describeConformance } from "@nin/conformance/vitest";
import { lacking } from "@nin/test-support";
import { test } from "vitest";
import { createNodeTensorFlowBackend } from "./node.js";

/** What TensorFlow.js does in its own way on WebGPU; a software adapter takes minutes for all cases. */
const CASES = ["gradients/ties/", "gradients/avgPool2d/", "preprocessing/resize/", "step/optimizers/"];

const device = (await createNodeTensorFlowBackend().devices()).find(({ id }) => id === "webgpu");

if (device?.available === true) {
  for (const filter of CASES) {
    await describeConformance(createNodeTensorFlowBackend, { device: "webgpu", quick: true, filter });
  }
} else {
  test("conformance of tfjs on webgpu", ({ skip }) => lacking("tfjs:webgpu", device?.reason ?? "", skip));
}
