import { fileURLToPath } from "node:url";
import { type Architecture, parseArchitecture } from "@nin/spec";
import type { Contestant } from "../implementations/implementation";

const SCRIPT = fileURLToPath(new URL("fake-implementation.mjs", import.meta.url));

/** Contestants that behave as their ids say; see `fake-implementation.mjs`. */
export function fakeContestants(...behaviours: readonly string[]): readonly Contestant[] {
  return behaviours.map((id) => ({
    id,
    name: id,
    kind: "peer",
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
