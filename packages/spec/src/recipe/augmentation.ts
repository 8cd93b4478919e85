import { FieldReader, isPositiveInteger } from "../reading/field-reader.js";

/**
 * Random changes of training images, anew in each epoch, on their stored bytes before any resize: a crop of the image's
 * own size from the image with zeros around it, then perhaps a flip from left to right.
 */
export interface Augmentation {
  /** The probability of a flip, from 0 to 1. */
  readonly horizontalFlip: number;
  /** The rows and columns of zeros on each side that a crop may reach into. Units: pixels. */
  readonly cropPadding: number;
}

/** An image is moved by at most this; larger ones would all be empty. Units: pixels. */
const MAX_PADDING = 4096;

/**
 * An augmentation that a program was given.
 *
 * @throws `SpecError` unless the rate is a probability and the padding a number of pixels.
 */
export function checkedAugmentation(value: unknown): Augmentation {
  return parseAugmentation(new FieldReader(value, "augmentation"));
}

export function parseAugmentation(fields: FieldReader): Augmentation {
  const isProbability = (value: number): boolean => value >= 0 && value <= 1;
  const isPadding = (value: number): boolean =>
    value === 0 || (isPositiveInteger(value) && value <= MAX_PADDING);
  const augmentation: Augmentation = {
    horizontalFlip: fields.number("horizontalFlip", "a number in [0, 1]", isProbability, 0),
    cropPadding: fields.number("cropPadding", `an integer from 0 to ${MAX_PADDING}`, isPadding, 0),
  };
  fields.end();
  return augmentation;
}
