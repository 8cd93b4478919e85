import { fileURLToPath } from "node:url";
import { type Architecture, parseArchitecture } from "@nin/spec";
import type { Implementation } from "../implementations/targets.js";

const SCRIPT = fileURLToPath(new URL("fake-implementation.mjs", import.meta.url));

/** Implementations that behave as their ids say; see `fake-implementation.mjs`. */
export function fakeImplementations(...behaviours: readonly string[]): readonly Implementation[] {
  return behaviours.map((id) => ({
    id,
    name: id,
    kind: "baseline",
    hardware: "cpu",
    modes: ["train", "forward"],
    precisions: ["f32"],
    dropout: "counter",
    command: { file: process.execPath, args: [SCRIPT, id] },
  }));
}

/** A network whose steps take a millisecond. */
export function tinyArchitecture(): Architecture {
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "tiny",
    input: { channels: 1, height: 6, width: 6 },
    layers: [
      { kind: "ninBlock", outChannels: 4, kernelSize: 3 },
      { kind: "dropout", rate: 0.5 },
      { kind: "ninBlock", outChannels: 3, kernelSize: 3 },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
    ],
  });
}
