import { checkParameters } from "@nin/backend";
import type { NamedTensors, Shape } from "@nin/spec";
import type { Parameters64 } from "./tensors/tensor64.js";

/** The shape of each tensor. */
export function shapesOf(tensors: NamedTensors): ReadonlyMap<string, Shape> {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape]));
}

/**
 * Replaces the values of a network's own tensors.
 *
 * Throws: `ParameterError` for a missing, extra, wrongly shaped or non-finite tensor; nothing is
 * changed then.
 */
export function overwriteParameters(own: Parameters64, given: NamedTensors): void {
  checkParameters(given, shapesOf(own));
  for (const [name, { data }] of own) data.set(given.get(name)?.data ?? []);
}
