import { describeConformance } from "@nin/conformance/vitest";
import { parseArchitecture } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { test } from "vitest";
import { createNodeWebGpuBackend } from "./node.js";

const backend = createNodeWebGpuBackend();
const device = (await backend.devices()).find(({ available, id }) => available && id !== "swiftshader");
const whyNot = device === undefined ? "there is no adapter but SwiftShader" : await refusal(device.id);

if (device !== undefined && whyNot === undefined) {
  await describeConformance(() => backend, { device: device.id, precision: "mixed", quick: true });
} else {
  test("conformance of webgpu in mixed precision", ({ skip }) =>
    lacking("webgpu:lavapipe", `${whyNot}`, skip));
}

/** Why a device cannot compute in mixed precision: an adapter without shader-f16. */
async function refusal(id: string): Promise<string | undefined> {
  const smallest = parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "smallest",
    input: { channels: 1, height: 1, width: 1 },
    layers: [{ kind: "flatten" }],
  });
  try {
    await using _ = await backend.compile(smallest, { device: id, precision: "mixed" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
