import type { ImageFormat } from "@nin/backend";
import type { ImageDataset } from "@nin/data";
import type { Preprocessing } from "@nin/spec";

/** How a data set's bytes become a network's input. */
export function imageFormat(
  { channels, height, width }: ImageDataset,
  preprocessing: Preprocessing,
): ImageFormat {
  return { channels, height, width, preprocessing };
}
