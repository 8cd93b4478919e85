import { type Architecture, parseArchitecture } from "@nin/spec";
import { architectureJson } from "@nin/test-support";

/** An architecture of these layers on [channels, height, width]. */
export function architectureOf(
  input: readonly [number, number, number],
  layers: readonly object[],
): Architecture {
  return parseArchitecture(architectureJson(layers, input));
}
