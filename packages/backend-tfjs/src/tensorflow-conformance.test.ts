import { describeConformance } from "@nin/conformance/vitest";
import { lacking } from "@nin/test-support";
import { test } from "vitest";
import { createNodeTensorFlowBackend } from "./node.js";

const [tensorflow] = await createNodeTensorFlowBackend().devices();

if (tensorflow?.available === true) {
  await describeConformance(createNodeTensorFlowBackend, { device: "tensorflow", quick: true });
} else {
  test("conformance of tfjs on tensorflow", ({ skip }) =>
    lacking("tfjs:tensorflow", tensorflow?.reason ?? "", skip));
}
