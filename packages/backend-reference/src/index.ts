/**
 * The reference backend: float64 in plain loops.
 *
 * @example
 * ```ts
 * import { createReferenceBackend } from "@nin/backend-reference";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const model = await createReferenceBackend().compile(builtinArchitecture("nin-mnist"));
 * console.log(model.layers.map(({ name, outputShape }) => `${name}: ${outputShape}`));
 * ```
 *
 * @packageDocumentation
 */
export {
  createReferenceBackend,
  type ReferenceBackend,
  type ReferenceModel,
  type ReferenceOptions,
} from "./backend.js";
export type { Margin } from "./network/margin.js";
export type { DropoutMask } from "./network/network.js";
