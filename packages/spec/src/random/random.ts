import type { Architecture } from "../architecture/architecture.js";
import { type NamedParameter, namedParameters } from "../architecture/shapes.js";
import { elementCount, type NamedTensors, type Tensor } from "../layers/tensor.js";
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
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  let computedQuad = -1;
  for (let k = count - 1; k >= 1; k -= 1) {
    const quad = Math.floor(k / 4);
    if (quad !== computedQuad) philox(key, quad, 0, epoch, PURPOSE.shuffle, words);
    computedQuad = quad;
    const j = scaledWord(present(words[k % 4]), k + 1);
    const held = present(order[k]);
    order[k] = present(order[j]);
    order[j] = held;
  }
  return order;
}

/** `floor(word * scale / 2^32)`, exact although the product may need more than 53 bits. */
function scaledWord(word: number, scale: number): number {
  const high = Math.floor(word / 2 ** 16) * scale;
  const low = (word % 2 ** 16) * scale;
  return Math.floor((high + Math.floor(low / 2 ** 16)) / 2 ** 16);
}
