import { type Dataset, UnsupportedError } from "@nin/backend";
import { BACKEND } from "../device/gpu-context.js";
import type { GpuNetwork } from "./gpu-network.js";

/**
 * Puts a data set on the device.
 *
 * @throws `UnsupportedError` when it is larger than a binding may be.
 */
export async function keepDataset(network: GpuNetwork, { images, labels }: Dataset): Promise<void> {
  const { persistent, context } = network;
  const { maxBindingBytes, name } = context.traits;
  if (images.length > maxBindingBytes) {
    throw new UnsupportedError(
      BACKEND,
      `a data set of ${images.length} bytes`,
      `at most ${maxBindingBytes} bytes, a binding's limit on ${name}; give batches of images instead`,
    );
  }
  releaseDataset(network);
  persistent.ensureFilled("datasetImages", images);
  persistent.ensureFilled("datasetLabels", Uint32Array.from(labels));
  persistent.ensure("indices", network.maxBatch * Uint32Array.BYTES_PER_ELEMENT);
  await network.forgetDatasetPrograms();
}

/** Frees a data set's memory. */
export function releaseDataset({ persistent }: GpuNetwork): void {
  persistent.release("datasetImages");
  persistent.release("datasetLabels");
}
