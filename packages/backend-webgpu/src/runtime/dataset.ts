import { type Dataset, UnsupportedError } from "@nin/backend";
import { BACKEND } from "../device/gpu-context.js";
import type { Engine } from "./engine.js";

/** Puts a data set on the device. Throws: `UnsupportedError` when it is larger than a binding may be. */
export async function keepDataset(engine: Engine, { images, labels }: Dataset): Promise<void> {
  const { persistent, context } = engine;
  const { maxBindingBytes, name } = context.traits;
  if (images.length > maxBindingBytes) {
    throw new UnsupportedError(
      BACKEND,
      `a data set of ${images.length} bytes`,
      `at most ${maxBindingBytes} bytes, a binding's limit on ${name}; give batches of images instead`,
    );
  }
  releaseDataset(engine);
  persistent.ensureFilled("datasetImages", images);
  persistent.ensureFilled("datasetLabels", Uint32Array.from(labels));
  persistent.ensure("indices", engine.maxBatch * Uint32Array.BYTES_PER_ELEMENT);
  await engine.forgetDatasetPrograms();
}

/** Frees a data set's memory. */
export function releaseDataset({ persistent }: Engine): void {
  persistent.release("datasetImages");
  persistent.release("datasetLabels");
}
