import { mostThreads } from "@nin/files";
import { builtinArchitecture } from "@nin/spec";
import { expect, it } from "vitest";
import { createTensorFlowBackend } from "../backend.js";
import { nodeDevices } from "./node-devices.js";

it("reports the version of TensorFlow.js of every usable device, and of no other", async () => {
  const backend = createTensorFlowBackend(nodeDevices());
  for (const { available, details } of await backend.devices({ details: true })) {
    if (!available) expect(details).toBeUndefined();
    else
      expect(details).toContainEqual({ name: "@tensorflow/tfjs-core", value: expect.stringMatching(/^4\./) });
  }
  for (const { details } of await backend.devices()) expect(details).toBeUndefined();
});

it("refuses more threads than the machine can use, whichever the device", async () => {
  const backend = createTensorFlowBackend(nodeDevices());
  for (const device of ["tensorflow", "webgpu", "cpu"]) {
    const compiled = backend.compile(builtinArchitecture("nin-mnist"), {
      device,
      threads: mostThreads() + 1,
    });
    await expect(compiled).rejects.toThrow(
      `tfjs: threads ${mostThreads() + 1} is not supported; expected at most ${mostThreads()}, four for each`,
    );
  }
});
