import type { Model } from "@nin/backend";
import { at, type Tensor } from "@nin/spec";
import {
  type ClassMaps,
  classEvidence,
  classMaps,
  featureMap,
  rankScores,
  scoresOfMaps,
} from "@nin/training";
import { activationBatch, joined } from "../report/choose-samples.js";
import type {
  EvidenceFacts,
  ExplainData,
  ExplainedClass,
  ExplainedImage,
  PageImage,
} from "./explain-data.js";

/** Classes of an image that are explained; the true one comes on top. */
const CLASSES = 3;

/**
 * What a model says of some images, with the class activation maps where it has them.
 *
 * @param classNames - a name for each score
 */
export async function explainImages(
  model: Model,
  images: readonly PageImage[],
  classNames: readonly string[],
): Promise<Pick<ExplainData, "images" | "evidence">> {
  const evidence = classEvidence(model);
  const explained: ExplainedImage[] = [];
  let facts: EvidenceFacts | undefined;
  let largestDifference = 0;
  const batchSize = activationBatch(model);
  for (let start = 0; start < images.length; start += batchSize) {
    const part = images.slice(start, start + batchSize);
    const batch = { images: joined(part.map(({ pixels }) => pixels)) };
    const found = evidence === undefined ? undefined : await classMaps(model, batch);
    const scores = found?.scores ?? (await model.predict(batch));
    part.forEach((image, index) => {
      explained.push({ ...image, classes: classesOf(image, index, classNames, scores, found?.maps) });
    });
    if (evidence === undefined || found === undefined) continue;
    largestDifference = Math.max(largestDifference, differenceOf(found));
    const [height, width] = [at(found.maps.shape, 2), at(found.maps.shape, 3)];
    facts = { ...evidence, height, width, largestDifference };
  }
  return { images: explained, ...(facts && { evidence: facts }) };
}

/** The largest difference between a score and what its map makes it. */
function differenceOf(found: ClassMaps): number {
  const byMaps = scoresOfMaps(found);
  let most = 0;
  found.scores.data.forEach((score, index) => {
    most = Math.max(most, Math.abs(score - at(byMaps, index)));
  });
  return most;
}

/** The most probable classes of one image of a batch, and the true one. */
function classesOf(
  { label }: PageImage,
  index: number,
  classNames: readonly string[],
  { shape, data }: Tensor,
  maps: Tensor | undefined,
): readonly ExplainedClass[] {
  const count = at(shape, 1);
  const scores = data.subarray(index * count, (index + 1) * count);
  return rankScores(scores, classNames)
    .filter((each, rank) => rank < CLASSES || each.index === label)
    .map((each) => ({
      ...each,
      score: at(scores, each.index),
      ...(maps && { map: featureMap(maps, index, each.index) }),
    }));
}
