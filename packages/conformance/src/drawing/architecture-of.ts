import { type Architecture, parseArchitecture } from "@nin/spec";

/** [channels, height, width]. */
export type ImageShape = readonly [number, number, number];

/** An architecture of these layers on images of this shape. */
export function architectureOf(
  [channels, height, width]: ImageShape,
  layers: readonly object[],
  name = "case",
): Architecture {
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name,
    input: { channels, height, width },
    layers,
  });
}
