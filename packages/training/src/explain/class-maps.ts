import type { Batch, Model } from "@nin/backend";
import { at, entry, type Tensor } from "@nin/spec";
import { TrainingOptionError } from "../loop/errors.js";
import { mapSize, type RealizedNetwork } from "./feature-maps.js";

/** Where the scores of a network come from that ends in global average pooling. */
export interface ClassEvidence {
  /** The layer whose maps are averaged: `net.6`. */
  readonly layer: string;
  /** The linear layer after the average: `net.9`. Absent in a NiN, whose maps are the classes' own. */
  readonly linear?: string;
}

/** The evidence for each class in each place of some images. */
export interface ClassMaps {
  /** Shape: [N, classes, height, width], the size of the averaged layer's output. */
  readonly maps: Tensor;
  /** What the network gives the images: [N, classes]. */
  readonly scores: Tensor;
  /** What a score has besides the mean of its map: the linear layer's bias, else zeros. Shape: [classes]. */
  readonly bias: Float64Array;
}

/**
 * Where a network's scores come from: undefined unless it ends in global average pooling, after which only `flatten`,
 * `dropout` (which does nothing in prediction) and one linear layer may follow.
 *
 * @example
 * ```ts
 * const evidence = classEvidence(model);
 * if (evidence === undefined) console.log("no class activation maps");
 * ```
 */
export function classEvidence({ layers }: RealizedNetwork): ClassEvidence | undefined {
  const pool = layers.findLastIndex(({ kind }) => kind === "globalAvgPool2d");
  // The network's input is no map of classes.
  const source = pool > 0 ? at(layers, pool - 1) : undefined;
  const weighing = layers.slice(pool + 1).filter(({ kind }) => kind !== "flatten" && kind !== "dropout");
  const [linear] = weighing;
  if (source === undefined || weighing.length > 1) return undefined;
  if (linear === undefined) return { layer: source.name };
  return linear.kind === "linear" ? { layer: source.name, linear: linear.name } : undefined;
}

/**
 * The class activation maps of a batch: for each class the map `M` whose mean over all positions is the class's score.
 *
 * Global average pooling makes them exact: with `f[k]` the output of the layer before it and `w`, `b` the linear layer
 * after it, `score[c] = b[c] + sum over k of w[c, k] * mean(f[k]) = b[c] + mean(M[c])` for
 * `M[c] = sum over k of w[c, k] * f[k]`. A NiN has no such layer: `M[c] = f[c]` and `b = 0`.
 *
 * @param model - one that `classEvidence` finds evidence in
 * @param batch - at most the model's `maxBatch` images
 * @throws `TrainingOptionError` for a model that does not end in global average pooling; `BatchError`
 *
 * Source: Lin, Chen, Yan, Network In Network, 2013, section 3.2; Zhou, Khosla, Lapedriza, Oliva, Torralba, Learning Deep
 * Features for Discriminative Localization, 2016, equations 1 and 2.
 *
 * @example
 * ```ts
 * const { maps, scores } = await classMaps(model, { images });
 * const evidence = featureMap(maps, 0, 9);
 * ```
 */
export async function classMaps(
  model: Pick<Model, "layers" | "activations" | "readParameters">,
  batch: Batch,
): Promise<ClassMaps> {
  const evidence = classEvidence(model);
  const last = at(model.layers, -1);
  if (evidence === undefined) {
    const given = `one that ends in ${last.kind} (${last.name})`;
    throw new TrainingOptionError("model", "a network that ends in global average pooling", given);
  }
  const { layer, linear } = evidence;
  const outputs = await model.activations(batch);
  const features = entry(outputs, layer);
  const { data } = entry(outputs, last.name);
  const count = at(features.shape, 0);
  const scores = { shape: [count, data.length / count], data };
  if (linear === undefined) return { maps: features, scores, bias: new Float64Array(at(scores.shape, 1)) };
  const parameters = await model.readParameters();
  const maps = weighted(features, entry(parameters, `${linear}.weight`));
  return { maps, scores, bias: biasOf(parameters.get(`${linear}.bias`), at(maps.shape, 1)) };
}

/**
 * The scores as the maps have them: `bias + mean of map`, in float64. They are the network's own up to rounding.
 *
 * @returns shape [N, classes]
 */
export function scoresOfMaps({ maps, bias }: Pick<ClassMaps, "maps" | "bias">): Float64Array {
  const { channels, height, width } = mapSize("maps", maps.shape);
  const size = height * width;
  return Float64Array.from({ length: at(maps.shape, 0) * channels }, (_, row) => {
    const map = maps.data.subarray(row * size, (row + 1) * size);
    let sum = 0;
    for (const value of map) sum += value;
    return at(bias, row % channels) + sum / size;
  });
}

/** `M[c] = sum over k of w[c, k] * f[k]`, in float64. */
function weighted(features: Tensor, weight: Tensor): Tensor {
  const { channels, height, width } = mapSize("features", features.shape);
  const [count, classes, size] = [at(features.shape, 0), at(weight.shape, 0), height * width];
  const data = new Float64Array(count * classes * size);
  const sums = new Float64Array(size);
  for (let row = 0; row < count * classes; row += 1) {
    const [image, label] = [Math.floor(row / classes), row % classes];
    sums.fill(0);
    for (let channel = 0; channel < channels; channel += 1) {
      const factor = at(weight.data, label * channels + channel);
      const start = (image * channels + channel) * size;
      for (let place = 0; place < size; place += 1)
        sums[place] = at(sums, place) + factor * at(features.data, start + place);
    }
    data.set(sums, row * size);
  }
  return { shape: [count, classes, height, width], data };
}

function biasOf(bias: Tensor | undefined, classes: number): Float64Array {
  return bias === undefined ? new Float64Array(classes) : Float64Array.from(bias.data);
}
