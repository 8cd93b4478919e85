import { describeConformance } from "@nin/conformance/vitest";
import { lacking } from "@nin/test-support";
import { test } from "vitest";
import { createNodeTensorFlowBackend } from "./node.js";

const backend = createNodeTensorFlowBackend();
const [tensorflow] = await backend.devices();

if (tensorflow?.available === true) {
  await describeConformance(() => backend, { device: "tensorflow", quick: true });
} else {
  test("conformance of tfjs on tensorflow", ({ skip }) =>
    lacking("tfjs:tensorflow", tensorflow?.reason ?? "", skip));
}
