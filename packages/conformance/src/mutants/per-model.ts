import type { Backend, CompileOptions } from "@nin/backend";
import type { ReferenceParts } from "@nin/backend-reference/parts";
import type { Architecture } from "@nin/spec";
import { referenceWith } from "./reference.js";
import { wrapped } from "./wrapped.js";

/** The reference, parts of which depend on what a model was compiled from. */
export function withPartsPerModel(
  parts: (options: CompileOptions, architecture: Architecture) => Partial<ReferenceParts>,
): Backend {
  return wrapped({
    backend: () => ({
      compile: (architecture, options = {}) =>
        referenceWith(parts(options, architecture)).compile(architecture, options),
    }),
  });
}
