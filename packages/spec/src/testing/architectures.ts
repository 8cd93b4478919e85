import { type Architecture, parseArchitecture } from "../architecture/architecture.js";

/** The JSON of an architecture of these layers, valid or not. */
export function architectureJson(
  layers: unknown,
  [channels, height, width]: readonly [unknown, unknown, unknown] = [1, 8, 8],
): Record<string, unknown> {
  return { format: "nin-architecture", version: 1, name: "test", input: { channels, height, width }, layers };
}

/** An architecture of these layers. */
export function architectureOf(
  layers: readonly object[],
  input: readonly [number, number, number] = [1, 8, 8],
): Architecture {
  return parseArchitecture(architectureJson(layers, input));
}
