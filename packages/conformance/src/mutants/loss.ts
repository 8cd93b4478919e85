import type { Backend, Labels } from "@nin/backend";
import { type Loss, referenceParts, type Tensor64, tensor64 } from "@nin/backend-reference/parts";
import { at } from "@nin/spec";
import { type Mutant, referenceWith, withPartsPerModel } from "./wrapped.js";

/** Mistakes in the loss and its gradient. */
export const lossMutants: readonly Mutant[] = [
  {
    id: "loss/sum",
    mistake: "the sum over the batch instead of the mean",
    level: "gradients",
    create: () => withLoss((loss, { length }) => scaled(loss, length, length)),
  },
  {
    id: "loss/gradient-of-sum",
    mistake: "the loss is the mean, its gradient the sum's",
    level: "gradients",
    create: () => withLoss((loss, { length }) => scaled(loss, 1, length)),
  },
  {
    id: "loss/partial-batch",
    mistake: "a batch smaller than the largest is divided by the largest",
    level: "gradients",
    create: () =>
      withPartsPerModel(({ maxBatch = 128 }) => ({
        loss: (scores, labels) => {
          const share = labels.length / maxBatch;
          return scaled(referenceParts.loss(scores, labels), share, share);
        },
      })),
  },
  {
    id: "loss/mean-of-parts",
    mistake:
      "a batch is run two images at a time and the parts' means are averaged, a smaller last part counting as much",
    level: "gradients",
    create: () =>
      referenceWith({
        loss: (scores, labels) => {
          const { gradient } = referenceParts.loss(scores, labels);
          const classes = scores.data.length / labels.length;
          const parts = Math.ceil(labels.length / 2);
          const images = Array.from(labels, (label, n) => {
            const row = tensor64([1, classes], scores.data.slice(n * classes, (n + 1) * classes));
            const partSize = Math.min(2, labels.length - 2 * Math.floor(n / 2));
            return {
              loss: referenceParts.loss(row, Uint8Array.of(label)).mean,
              share: 1 / (parts * partSize),
            };
          });
          const mean = images.reduce((sum, { loss, share }) => sum + loss * share, 0);
          const shareOf = (i: number): number => at(images, Math.floor(i / classes)).share;
          const data = gradient.data.map((g, i) => g * labels.length * shareOf(i));
          return { mean, gradient: tensor64(scores.shape, data) };
        },
      }),
  },
  {
    id: "loss/labels-off-by-one",
    mistake: "labels count from 1: each is taken for the class before it",
    level: "gradients",
    create: () =>
      referenceWith({
        loss: (scores, labels) =>
          referenceParts.loss(
            scores,
            labels.map((label) => Math.max(0, label - 1)),
          ),
      }),
  },
  {
    id: "loss/first-image-twice",
    mistake: "the second image's label is read as the first one's",
    level: "gradients",
    create: () =>
      referenceWith({
        loss: (scores, labels) =>
          referenceParts.loss(
            scores,
            labels.map((label, n) => (n === 1 ? at(labels, 0) : label)),
          ),
      }),
  },
  {
    id: "loss/overflow",
    mistake: "exponentials of the scores as they are, which overflow float32 above 88",
    level: "gradients",
    create: () =>
      referenceWith({
        loss: (scores, labels) => {
          const loss = referenceParts.loss(scores, labels);
          const overflows = scores.data.some(
            (score) => Math.fround(Math.exp(score)) === Number.POSITIVE_INFINITY,
          );
          return overflows ? scaled(loss, Number.NaN, Number.NaN) : loss;
        },
      }),
  },
  {
    id: "loss/clipped",
    mistake: "probabilities are kept above 1e-7, so that no image's loss is above 16.1",
    level: "gradients",
    create: () =>
      referenceWith({
        loss: (scores, labels) => {
          const loss = referenceParts.loss(scores, labels);
          return { ...loss, mean: Math.min(loss.mean, -Math.log(1e-7)) };
        },
      }),
  },
  {
    id: "loss/last-class",
    mistake: "the gradient of the last class's score is too large by a hundredth",
    level: "gradients",
    create: () =>
      referenceWith({
        loss: (scores, labels) => {
          const loss = referenceParts.loss(scores, labels);
          const classes = scores.data.length / labels.length;
          const spoiled = loss.gradient.data.map((g, i) => (i % classes === classes - 1 ? g * 1.01 : g));
          return { ...loss, gradient: tensor64(scores.shape, spoiled) };
        },
      }),
  },
  {
    id: "loss/largest-added-back",
    mistake: "the largest score is added to log-sum-exp before the label's is subtracted, in float32",
    level: "gradients",
    create: () => referenceWith({ loss: lossByLogSumExp }),
  },
  {
    id: "loss/probability-less-one",
    mistake: "the label's gradient is its probability less 1, in float32: a sure prediction has none",
    level: "gradients",
    create: () =>
      withGradientAt((value, isLabel) => (isLabel ? Math.fround(Math.fround(1 + value) - 1) : value)),
  },
  {
    id: "loss/times-zero",
    mistake: "other classes' logarithms are multiplied by 0, which makes NaN of minus infinity",
    level: "gradients",
    create: () =>
      referenceWith({
        loss: (scores, labels) => {
          const loss = referenceParts.loss(scores, labels);
          const infinite = scores.data.some((score) => Math.fround(score) === Number.NEGATIVE_INFINITY);
          return infinite ? scaled(loss, Number.NaN, 1) : loss;
        },
      }),
  },
];

/** The reference, in which the result of the loss is changed. */
function withLoss(change: (loss: Loss, labels: Labels) => Loss): Backend {
  return referenceWith({
    loss: (scores, labels) => change(referenceParts.loss(scores, labels), labels),
  });
}

/** The reference, in which each element of the gradient of the loss, times the batch size, is replaced. */
function withGradientAt(replace: (value: number, isLabel: boolean) => number): Backend {
  return withLoss(({ mean, gradient: { shape, data } }, labels) => {
    const classes = data.length / labels.length;
    const replaced = data.map((g, i) => {
      const isLabel = i % classes === labels[Math.floor(i / classes)];
      return replace(g * labels.length, isLabel) / labels.length;
    });
    return { mean, gradient: tensor64(shape, replaced) };
  });
}

/** The formula of textbooks. Shapes: scores [N, classes]. */
function lossByLogSumExp({ shape, data }: Tensor64, labels: Labels): Loss {
  const classes = data.length / labels.length;
  const gradient = tensor64(shape);
  let total = 0;
  labels.forEach((label, n) => {
    const row = data.subarray(n * classes, (n + 1) * classes).map(Math.fround);
    const largest = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((all, score) => all + Math.exp(score - largest), 0);
    const logSumExp = Math.fround(largest + Math.log(sum));
    total += logSumExp - at(row, label);
    row.forEach((score, c) => {
      gradient.data[n * classes + c] = (Math.exp(score - logSumExp) - Number(c === label)) / labels.length;
    });
  });
  return { mean: total / labels.length, gradient };
}

function scaled({ mean, gradient: { shape, data } }: Loss, ofMean: number, ofGradient: number): Loss {
  return {
    mean: mean * ofMean,
    gradient: tensor64(
      shape,
      data.map((g) => g * ofGradient),
    ),
  };
}
