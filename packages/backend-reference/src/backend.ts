import { type Backend, type CompileOptions, checkCompileOptions, DEFAULT_MAX_BATCH } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { createReferenceModel, type ReferenceModel } from "./model.js";
import { type ReferenceParts, referenceParts } from "./reference-parts.js";

const ID = "reference";
const DEVICE = {
  id: "cpu",
  name: "float64 JavaScript, one thread",
  available: true,
  hardware: { kind: "cpu", name: "the processor" },
} as const;

/** What a test may change about the reference: any part of its math, such as dropout's masks. */
export type ReferenceOptions = Partial<ReferenceParts>;

/** The reference, whose models also tell a batch's margin. */
export interface ReferenceBackend extends Backend {
  compile(architecture: Architecture, options?: CompileOptions): Promise<ReferenceModel>;
}

/**
 * The oracle: every layer in float64 and plain loops, on one thread. Slow, and right: what other
 * backends are compared with. `threads` changes nothing; `f32` is computed in float64 too.
 */
export function createReferenceBackend(options: ReferenceOptions = {}): ReferenceBackend {
  const parts = { ...referenceParts, ...options };
  return {
    id: ID,
    devices: async () => [DEVICE],
    // It computes with JavaScript itself.
    versions: async () => ({}),
    compile: async (architecture, compileOptions = {}) => {
      checkCompileOptions(architecture, compileOptions, { backend: ID, devices: [DEVICE.id] });
      const { maxBatch = DEFAULT_MAX_BATCH, imageFormat: images } = compileOptions;
      return createReferenceModel(architecture, {
        maxBatch,
        parts,
        ...(images === undefined ? {} : { imageFormat: images }),
      });
    },
  };
}
