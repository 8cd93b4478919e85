import type { Backend } from "@nin/backend";
import { referenceParts, type Tensor64, tensor64 } from "@nin/backend-reference/parts";
import { at, gatherBytes, present } from "@nin/spec";
import { type Mutant, withPartsPerModel, wrapped } from "./wrapped.js";

/** Mistakes in finding a batch's images and labels. */
export const batchMutants: readonly Mutant[] = [
  {
    id: "batches/indices-of-8-bits",
    mistake: "indices into the data set wrap after 255",
    level: "preprocessing",
    exclusive: true,
    create: () => withIndices((index) => index % 256),
  },
  {
    id: "batches/indices-sorted",
    mistake: "indices are sorted before images are gathered",
    level: "preprocessing",
    create: () => withIndexBatch((indices) => indices.slice().sort()),
  },
  {
    id: "batches/indices-once",
    mistake: "an index that is given twice is used once",
    level: "preprocessing",
    create: () => withIndexBatch((indices) => Uint32Array.from(new Set(indices))),
  },
  {
    id: "batches/labels-by-place",
    mistake: "labels of an `indices` batch are the first ones of the data set, not those at the indices",
    level: "preprocessing",
    create: () =>
      wrapped({
        session: (session, { options: { dataset }, compiled: { options } }) => ({
          step: (batch, rate) => {
            if (!("indices" in batch) || dataset === undefined) return session.step(batch, rate);
            const { channels, height, width } = present(options.imageFormat);
            const size = channels * height * width;
            const count = dataset.labels.length;
            if (batch.indices.length > count || batch.indices.some((index) => index >= count))
              return session.step(batch, rate);
            const images = gatherBytes(dataset.images, size, batch.indices);
            return session.step({ images, labels: dataset.labels.slice(0, batch.indices.length) }, rate);
          },
        }),
      }),
  },
  {
    id: "batches/view-from-zero",
    mistake: "bytes are read from the start of their buffer: a view's offset is ignored",
    level: "lifecycle",
    create: () =>
      wrapped({
        model: (model) => ({
          predict: (batch) => {
            if (!("images" in batch)) return model.predict(batch);
            return model.predict({ images: new Uint8Array(batch.images.buffer, 0, batch.images.length) });
          },
        }),
        session: (session) => ({
          step: (batch, rate) => {
            if (!("images" in batch)) return session.step(batch, rate);
            const images = new Uint8Array(batch.images.buffer, 0, batch.images.length);
            return session.step({ ...batch, images }, rate);
          },
        }),
      }),
  },
  {
    id: "batches/full-batches-only",
    mistake: "a batch of more than one image and less than the largest loses its last image in training",
    level: "step",
    create: () =>
      wrapped({
        session: (session, { compiled: { options } }) => ({
          step: (batch, rate) => {
            if (!("input" in batch)) return session.step(batch, rate);
            const { shape, data } = batch.input;
            const count = at(shape, 0);
            if (count < 2 || count >= (options.maxBatch ?? 128) || batch.labels.length !== count)
              return session.step(batch, rate);
            const kept = data.slice(0, (data.length / count) * (count - 1));
            const input = { shape: [count - 1, ...shape.slice(1)], data: kept };
            return session.step({ input, labels: batch.labels.slice(0, count - 1) }, rate);
          },
        }),
      }),
  },
  {
    id: "batches/partial-padded",
    mistake: "a batch that is not full is filled up with its last image, which counts again",
    level: "gradients",
    create: () =>
      withPartsPerModel(({ maxBatch = 128 }) => ({
        loss: (scores, labels) => {
          const loss = referenceParts.loss(scores, labels);
          const padding = maxBatch - labels.length;
          const last = referenceParts.loss(lastRow(scores, labels.length), labels.slice(-1));
          const classes = last.gradient.data.length;
          const data = loss.gradient.data.map((g, i) => {
            const isLast = i >= (labels.length - 1) * classes;
            const again = isLast ? padding * at(last.gradient.data, i % classes) : 0;
            return (g * labels.length + again) / maxBatch;
          });
          const mean = (loss.mean * labels.length + padding * last.mean) / maxBatch;
          return { mean, gradient: tensor64(scores.shape, data) };
        },
      })),
  },
];

function withIndices(other: (index: number) => number): Backend {
  return withIndexBatch((indices) => indices.map(other));
}

/** The reference, which uses other indices into the data set. */
function withIndexBatch(other: (indices: Uint32Array) => Uint32Array): Backend {
  return wrapped({
    session: (session) => ({
      step: (batch, rate) =>
        session.step("indices" in batch ? { indices: other(batch.indices) } : batch, rate),
    }),
  });
}

function lastRow({ data }: Tensor64, count: number): Tensor64 {
  const row = data.slice((data.length / count) * (count - 1));
  return tensor64([1, row.length], row);
}
