import type { ImageFormat } from "@nin/backend";
import type { CaseContext } from "../../case.js";
import { checkShape } from "../../check/tensors.js";
import { architectureOf, type ImageShape } from "../../drawing/architecture-of.js";
import { randomBytes } from "../../drawing/random-tensors.js";

/** Images of every case: random ones, the hardest for sums, and white. */
export const IMAGES = 3;

/** Random bytes; alternating black and white, whose sums are the largest there are; all white. */
export function testImages({ channels, height, width }: ImageFormat): Uint8Array {
  const imageBytes = channels * height * width;
  const extremes = Uint8Array.from({ length: imageBytes }, (_, i) => ((i + Math.floor(i / width)) % 2) * 255);
  return Uint8Array.of(...randomBytes(imageBytes, 1), ...extremes, ...new Uint8Array(imageBytes).fill(255));
}

/** A network's input as the backend preprocessed it: what one of nothing but `flatten` gives. */
export async function preprocessed(
  context: CaseContext,
  images: Uint8Array,
  format: ImageFormat,
  input: ImageShape,
): Promise<Float32Array> {
  const architecture = architectureOf(input, [{ kind: "flatten" }], "identity");
  const model = await context.compile(architecture, { maxBatch: IMAGES, imageFormat: format });
  const scores = await model.predict({ images });
  checkShape(scores, [IMAGES, input[0] * input[1] * input[2]], "preprocessed images");
  return Float32Array.from(scores.data);
}
