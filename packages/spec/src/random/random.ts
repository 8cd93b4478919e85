import type { Architecture } from "../architecture/architecture.js";
import { type NamedParameter, namedParameters } from "../architecture/shapes.js";
import { elementCount, type NamedTensors, type Tensor } from "../layers/tensor.js";
import { SpecError } from "../reading/errors.js";
import { present } from "../reading/present.js";
import { type InitRule, initRuleFor } from "../recipe/initialization.js";
import type { Recipe } from "../recipe/recipe.js";
import { type PhiloxKey, PURPOSE, philox, philoxKey } from "./philox.js";

/**
 * The weights that a run of this recipe and seed starts from, the same in every backend.
 *
 * Shapes: OIHW and [out, in]; biases [out].
 *
 * @throws `SpecError` when `init.overrides` names a layer that the architecture lacks.
 */
export function initialParameters(
  architecture: Architecture,
  init: Recipe["init"],
  seed: number,
): NamedTensors {
  const key = philoxKey(seed);
  const rules = initRuleFor(architecture, init);
  return new Map(
    namedParameters(architecture).map((parameter) => [
      parameter.name,
      initialTensor(parameter, rules(parameter), key),
    ]),
  );
}

function initialTensor(parameter: NamedParameter, rule: InitRule, key: PhiloxKey): Tensor {
  const data = new Float32Array(elementCount(parameter.shape));
  if (typeof rule === "number") return { shape: parameter.shape, data: data.fill(rule) };
  const bound = initialBound(rule, parameter);
  if (bound === 0) return { shape: parameter.shape, data };
  const words = new Uint32Array(4);
  for (let e = 0; e < data.length; e += 1) {
    if (e % 4 === 0) philox(key, e / 4, parameter.ordinal, 0, PURPOSE[parameter.role], words);
    data[e] = (2 * (present(words[e % 4]) / 2 ** 32) - 1) * bound;
  }
  return { shape: parameter.shape, data };
}

function initialBound(rule: Exclude<InitRule, number>, { fanIn, fanOut }: NamedParameter): number {
  switch (rule) {
    case "xavierUniform":
      return Math.sqrt(6 / (fanIn + fanOut));
    case "heUniform":
      return Math.sqrt(6 / fanIn);
    case "uniformFanIn":
      return 1 / Math.sqrt(fanIn);
    case "zeros":
      return 0;
  }
}

/**
 * The order in which an epoch (from 0) visits `count` images: Fisher-Yates from the identity,
 * for k from count-1 down to 1, `j = floor(word(k) * (k+1) / 2^32)`.
 */
export function shuffledIndices(count: number, seed: number, epoch: number): Uint32Array {
  return shuffled(count, seed, { index: 0, time: epoch, purpose: PURPOSE.shuffle });
}

/**
 * The positions of images that a split takes from `count` images, and those that it leaves, both ascending: the last
 * `floor(count*fraction + 0.5)` of a shuffle are taken.
 *
 * @param which - a split of its own random numbers: of training images for validation, or for a test set
 * @throws `SpecError` when it would take none or all
 */
export function splitPositions(
  count: number,
  fraction: number,
  seed: number,
  which: "validation" | "test",
): { readonly kept: Uint32Array; readonly taken: Uint32Array } {
  const size = Math.floor(count * fraction + 0.5);
  if (!(size >= 1 && size < count)) {
    const expected = `a fraction that takes at least 1 of ${count} images and leaves at least 1`;
    throw new SpecError(`${which} fraction`, expected, fraction);
  }
  const index = which === "validation" ? 0 : 1;
  const order = shuffled(count, seed, { index, time: 0, purpose: PURPOSE.split });
  return { kept: order.subarray(0, count - size).sort(), taken: order.subarray(count - size).sort() };
}

function shuffled(
  count: number,
  seed: number,
  { index, time, purpose }: { readonly index: number; readonly time: number; readonly purpose: number },
): Uint32Array {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  const order = Uint32Array.from({ length: count }, (_, position) => position);
  let computedQuad = -1;
  for (let k = count - 1; k >= 1; k -= 1) {
    const quad = Math.floor(k / 4);
    if (quad !== computedQuad) philox(key, quad, index, time, purpose, words);
    computedQuad = quad;
    const j = scaledWord(present(words[k % 4]), k + 1);
    const held = present(order[k]);
    order[k] = present(order[j]);
    order[j] = held;
  }
  return order;
}

/** `floor(word * scale / 2^32)`, exact although the product may need more than 53 bits. */
export function scaledWord(word: number, scale: number): number {
  const high = Math.floor(word / 2 ** 16) * scale;
  const low = (word % 2 ** 16) * scale;
  return Math.floor((high + Math.floor(low / 2 ** 16)) / 2 ** 16);
}
