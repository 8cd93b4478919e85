import type { Backend } from "@nin/backend";
import { createReferenceBackend, type ReferenceOptions } from "@nin/backend-reference";
import { createMixedReference, type MixedOptions } from "../drawing/mixed-reference.js";

/**
 * The reference with parts replaced, that also compiles for mixed precision: with the factors of products
 * rounded to float16, or as `options` say.
 */
export function referenceWith(parts: ReferenceOptions = {}, options?: MixedOptions): Backend {
  const exact = createReferenceBackend(parts);
  const mixed = createMixedReference(options, parts);
  return {
    ...exact,
    compile: (architecture, { precision, ...options } = {}) =>
      (precision === "mixed" ? mixed : exact).compile(architecture, options),
  };
}
