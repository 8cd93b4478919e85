import type { Backend } from "@nin/backend";
import { createReferenceBackend, type ReferenceOptions } from "@nin/backend-reference";
import { createMixedReference, type FactorRounding } from "../drawing/mixed-reference.js";

/**
 * The reference with parts replaced, that also compiles for mixed precision: with the factors of products
 * rounded to float16, or by `round` to another format.
 */
export function referenceWith(parts: ReferenceOptions = {}, round?: FactorRounding): Backend {
  const exact = createReferenceBackend(parts);
  const mixed = createMixedReference(round, parts);
  return {
    ...exact,
    compile: (architecture, { precision, ...options } = {}) =>
      (precision === "mixed" ? mixed : exact).compile(architecture, options),
  };
}
