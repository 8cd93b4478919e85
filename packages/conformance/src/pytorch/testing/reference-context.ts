import { createReferenceBackend } from "@nin/backend-reference";
import type { CaseContext } from "../../case.js";
import type { ConformanceHost } from "../../host.js";
import { tolerances } from "../../tolerances.js";

/** The reference under test, on a host. */
export function referenceContext(host: ConformanceHost): CaseContext {
  const backend = createReferenceBackend();
  return {
    backend,
    options: {},
    precision: "f32",
    tolerances: tolerances.f32,
    host,
    seed: 0,
    compile: (architecture, options) => backend.compile(architecture, options),
    oracle: (architecture, options) => backend.compile(architecture, options),
  };
}
