import { gatherImages, type ImageDataset, type StoredDataset } from "@nin/data";

/** The same images as if they were in a file. */
export function storedDataset(
  dataset: ImageDataset,
  announce?: NonNullable<StoredDataset["announce"]>,
): StoredDataset {
  const { images, ...description } = dataset;
  return {
    ...description,
    read: async (positions) => gatherImages(dataset, positions).images,
    ...(announce && { announce }),
  };
}
