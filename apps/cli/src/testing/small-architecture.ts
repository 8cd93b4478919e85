import { type Architecture, parseArchitecture } from "@nin/spec";
import { IMAGE_SIZE } from "./idx-folder.js";

/** JSON of a network that trains in milliseconds; with every kind of step that `nin` has. */
export const smallArchitectureJson = {
  format: "nin-architecture",
  version: 1,
  name: "small",
  input: { channels: 1, height: IMAGE_SIZE, width: IMAGE_SIZE },
  layers: [
    { kind: "ninBlock", outChannels: 6, kernelSize: 3, padding: 1 },
    { kind: "maxPool2d", kernelSize: 2, stride: 2 },
    { kind: "dropout", rate: 0.25 },
    { kind: "ninBlock", outChannels: 10, kernelSize: 3, padding: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
} as const;

export const smallArchitecture: Architecture = parseArchitecture(smallArchitectureJson);
