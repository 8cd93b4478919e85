import { checkParameters } from "@nin/backend";
import type { Parameters, Shape } from "@nin/spec";
import type { Parameters64 } from "./tensor64.js";

/** The shape of each tensor. */
export function shapesOf(tensors: Parameters): ReadonlyMap<string, Shape> {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape]));
}

/**
 * Replaces the values of a network's own tensors.
 *
 * Throws: `ParameterError` for a missing, extra, wrongly shaped or non-finite tensor; nothing is
 * changed then.
 */
export function overwriteParameters(own: Parameters64, given: Parameters): void {
  checkParameters(given, shapesOf(own));
  for (const [name, { data }] of own) data.set(given.get(name)?.data ?? []);
}
