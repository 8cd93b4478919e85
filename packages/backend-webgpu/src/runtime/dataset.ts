import type { Dataset } from "@nin/backend";
import type { Augmentation } from "@nin/spec";
import type { GpuNetwork } from "./gpu-network.js";

/** Puts a data set on the device: no larger than a binding may be. */
export async function keepDataset(
  network: GpuNetwork,
  { images, labels }: Dataset,
  augmentation: Augmentation | undefined,
): Promise<void> {
  const { persistent } = network;
  releaseDataset(network);
  persistent.ensureFilled("datasetImages", images);
  persistent.ensureFilled("datasetLabels", Uint32Array.from(labels));
  persistent.ensure("indices", network.maxBatch * Uint32Array.BYTES_PER_ELEMENT);
  await network.forgetDatasetPrograms(augmentation);
}

/** Frees a data set's memory. */
export function releaseDataset({ persistent }: GpuNetwork): void {
  persistent.release("datasetImages");
  persistent.release("datasetLabels");
}
