import { type Backend, type CompileOptions, type ImageFormat, UnsupportedError } from "@nin/backend";
import { type Architecture, perChannel } from "@nin/spec";
import { createReferenceModel, type ReferenceModel } from "./model.js";
import { type ReferenceParts, referenceParts } from "./reference-parts.js";

const ID = "reference";
const DEVICE = { id: "cpu", name: "float64 JavaScript, one thread", available: true } as const;
const DEFAULT_MAX_BATCH = 128;

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
    compile: async (architecture, compileOptions = {}) => {
      requireSupported(architecture, compileOptions);
      const { maxBatch = DEFAULT_MAX_BATCH, images } = compileOptions;
      return createReferenceModel(architecture, {
        maxBatch,
        parts,
        ...(images === undefined ? {} : { images }),
      });
    },
  };
}

function requireSupported(architecture: Architecture, options: CompileOptions): void {
  const { device = DEVICE.id, precision = "f32", maxBatch = 1 } = options;
  if (device !== DEVICE.id) throw new UnsupportedError(ID, `device ${device}`, DEVICE.id);
  if (precision !== "f32") throw new UnsupportedError(ID, `precision ${precision}`, "f32");
  if (!Number.isInteger(maxBatch) || maxBatch < 1) {
    throw new UnsupportedError(ID, `maxBatch ${maxBatch}`, "a positive integer");
  }
  if (options.images !== undefined) requireImages(options.images, architecture.input.channels);
}

function requireImages({ channels, preprocessing }: ImageFormat, networkChannels: number): void {
  if (channels !== 1 && channels !== networkChannels) {
    throw new UnsupportedError(ID, `images of ${channels} channels`, `1 or ${networkChannels}`);
  }
  perChannel(preprocessing.mean, networkChannels, "preprocessing.mean");
  perChannel(preprocessing.std, networkChannels, "preprocessing.std");
}
