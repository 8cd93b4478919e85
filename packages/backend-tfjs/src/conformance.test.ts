import { describeConformance } from "@nin/conformance/vitest";
import { test } from "vitest";
import { createNodeTensorFlowBackend } from "./node.js";
import { lacking } from "./testing/requirements.js";

const devices = await createNodeTensorFlowBackend().devices();

for (const { id, available, reason = "" } of devices) {
  // A software adapter takes minutes for all: what differs between devices is in these.
  const filter = id === "webgpu" ? { filter: "gradients/" } : {};
  if (available)
    await describeConformance(createNodeTensorFlowBackend, { device: id, quick: true, ...filter });
  else test(`conformance of tfjs on ${id}`, ({ skip }) => lacking(`tfjs:${id}`, reason, skip));
}
