import { type Architecture, parseArchitecture } from "@nin/spec";

/** An architecture of these layers on [channels, height, width]. */
export function architectureOf(
  [channels, height, width]: readonly [number, number, number],
  layers: readonly object[],
): Architecture {
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "test",
    input: { channels, height, width },
    layers,
  });
}
