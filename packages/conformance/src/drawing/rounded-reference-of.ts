import type { Backend, Precision } from "@nin/backend";
import { createMixedReference } from "./mixed-reference.js";
import { createRoundedReference } from "./rounded-reference.js";

/** The reference as a right program of this precision would compute it at its best. */
export function roundedReferenceOf(precision: Precision): Backend {
  return precision === "mixed" ? createMixedReference() : createRoundedReference();
}
