import { type Dataset, UnsupportedError } from "@nin/backend";
import { BACKEND } from "../device/gpu-context.js";
import type { Engine } from "./engine.js";

/** Puts a data set on the device. Throws: `UnsupportedError` when it is larger than a binding may be. */
export function keepDataset(engine: Engine, { images, labels }: Dataset, maxBatch: number): void {
  const { regions, context } = engine;
  const { maxBindingBytes, name } = context.traits;
  if (images.length > maxBindingBytes) {
    throw new UnsupportedError(
      BACKEND,
      `a data set of ${images.length} bytes`,
      `at most ${maxBindingBytes} bytes, a binding's limit on ${name}; give batches of images instead`,
    );
  }
  // Before the input program of an earlier session's data set could be used again.
  regions.release("datasetImages");
  regions.release("datasetLabels");
  regions.ensureFilled("datasetImages", images);
  regions.ensureFilled("datasetLabels", Uint32Array.from(labels));
  regions.ensure("indices", maxBatch * Uint32Array.BYTES_PER_ELEMENT);
  engine.forgetDatasetProgram();
}
