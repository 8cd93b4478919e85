import { crossEntropy, type ImageFormat, type Model } from "@nin/backend";
import { type DecodedImage, imageFromPixels } from "@nin/data";
import { at } from "@nin/spec";
import { TrainingOptionError } from "../loop/errors.js";

/** A class that a network gives an image, and how sure it is. */
export interface Prediction {
  /** The class's name. */
  readonly class: string;
  /** Its position among the scores. */
  readonly index: number;
  /** Its softmax, from 0 to 1; NaN where the scores are not finite. */
  readonly probability: number;
}

/** What a model was compiled with, and what its scores are called. */
export interface ClassifyOptions {
  /** One name for each score, in their order. */
  readonly classNames: readonly string[];
  /** The same as the model's `CompileOptions.imageFormat`. */
  readonly imageFormat: ImageFormat;
  /** How many classes to give for each image, the most probable ones; 5 by default, all where there are fewer. */
  readonly top?: number;
}

/** The pixels of a canvas: what `getImageData` gives. RGBA, row-major, colours not multiplied by alpha. */
export interface CanvasPixels {
  readonly data: Uint8ClampedArray;
  readonly height: number;
  readonly width: number;
}

/**
 * The classes of a picture, the most probable first. Needs no Node: in a page a picture comes from a canvas.
 *
 * @param model - compiled with `options.imageFormat`, and with parameters
 * @param picture - an `ImageData`, or a decoded image of any size, which becomes an image as `imageFromPixels` of
 *   `@nin/data` makes it; or the bytes of one that has the format's size, [channels, height, width]
 * @throws `TrainingOptionError` when the names are not as many as the scores, or `top` is no positive integer;
 *   `BatchError` for bytes of another size, `DataError` for pixels of another size than they say
 *
 * @example
 * ```ts
 * const context = canvas.getContext("2d");
 * const picture = context.getImageData(0, 0, canvas.width, canvas.height);
 * const [best] = await classify(model, picture, { classNames, imageFormat });
 * console.log(`${best.class}: ${(100 * best.probability).toFixed(1)}%`);
 * ```
 */
export async function classify(
  model: Model,
  picture: CanvasPixels | DecodedImage | Uint8Array,
  options: ClassifyOptions,
): Promise<readonly Prediction[]> {
  return at(await classifyImages(model, imageBytes(picture, options.imageFormat), options), 0);
}

/**
 * The classes of each image of a batch, the most probable first.
 *
 * @param model - as for `classify`
 * @param images - bytes of images in the format: [count, channels, height, width], at most the model's `maxBatch`
 * @throws as `classify` does
 */
export async function classifyImages(
  model: Model,
  images: Uint8Array,
  { classNames, top = 5 }: ClassifyOptions,
): Promise<readonly (readonly Prediction[])[]> {
  if (!Number.isSafeInteger(top) || top < 1) {
    throw new TrainingOptionError("top", "a positive integer", `${top}`);
  }
  const { shape, data } = await model.predict({ images });
  const [count, classes] = [at(shape, 0), at(shape, 1)];
  if (classNames.length !== classes) {
    throw new TrainingOptionError(
      "classNames",
      `${classes} names, one for each score`,
      `${classNames.length}`,
    );
  }
  return Array.from({ length: count }, (_, image) => {
    const scores = data.subarray(image * classes, (image + 1) * classes);
    return rankScores(scores, classNames, top);
  });
}

/**
 * The classes of one image by its scores, the most probable first, of equal ones the first. The first is the one that
 * `evaluateModel` predicts, with the same probability.
 *
 * @param given - the scores, shape [classes]
 * @param classNames - one name for each
 * @param top - how many classes to give; all by default
 */
export function rankScores(
  given: ArrayLike<number>,
  classNames: readonly string[],
  top: number = given.length,
): readonly Prediction[] {
  const scores = Float64Array.from(given);
  const { predictedClass, probability } = crossEntropy(scores, 0);
  const largest = at(scores, predictedClass);
  const others = Array.from(scores.keys()).filter((index) => index !== predictedClass);
  others.sort((a, b) => at(scores, b) - at(scores, a) || a - b);
  return [predictedClass, ...others].slice(0, top).map((index) => ({
    class: at(classNames, index),
    index,
    probability: index === predictedClass ? probability : Math.exp(at(scores, index) - largest) * probability,
  }));
}

function imageBytes(picture: CanvasPixels | DecodedImage | Uint8Array, format: ImageFormat): Uint8Array {
  if (picture instanceof Uint8Array) return picture;
  if ("pixels" in picture) return imageFromPixels(picture, format);
  const { data, height, width } = picture;
  return imageFromPixels({ pixels: data, channels: 4, height, width }, format);
}
