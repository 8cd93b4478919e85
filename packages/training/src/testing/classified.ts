import { at, initialParameters, parseRecipe } from "@nin/spec";
import { smallArchitecture, smallData, smallModel, smallRecipe } from "./small-training.js";

/** The small network with weights that give every image scores of its own. */
export async function classifyingModel() {
  const model = await smallModel();
  await model.writeParameters(initialParameters(smallArchitecture, parseRecipe(smallRecipe()).init, 7));
  const { channels, height, width, classNames } = smallData.test;
  const { preprocessing } = smallRecipe();
  return { model, options: { classNames, imageFormat: { channels, height, width, preprocessing } } };
}

/** Colours with edges, the same every time. RGBA, row-major. */
export function canvasPixels(width: number, height: number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let index = 0; index < pixels.length; index += 1) {
    const noise = (Math.imul(index + 1, 0x9e3779b1) >>> 13) & 255;
    // Opaque: a canvas keeps colours of transparent pixels only to within a rounding.
    pixels[index] = index % 4 === 3 ? 255 : noise;
  }
  return pixels;
}

/** The first images of the small data set, [count, 1, 8, 8]. */
export function firstTestImages(count: number): Uint8Array {
  const { images, height, width } = smallData.test;
  at(images, count * height * width - 1);
  return Uint8Array.from(images.subarray(0, count * height * width));
}
