import { present } from "../reading/present.js";
import { PURPOSE, philoxKey, philoxPair } from "./philox.js";

/** Where a dropout mask stands in a run. */
export interface DropoutMaskKey {
  readonly seed: number;
  /** The dropout's position in `layers`. */
  readonly layerIndex: number;
  /** The training step of the whole run, from 0. */
  readonly step: number;
  readonly rate: number;
}

/** A unit is kept when its 16 random bits are at least this. */
export function dropoutThreshold(rate: number): number {
  return Math.floor(rate * 65536 + 0.5);
}

/** What a kept unit is multiplied by: `fround(1/(1-rate))`. */
export function dropoutScale(rate: number): number {
  return Math.fround(1 / (1 - rate));
}

/**
 * Which units a dropout layer keeps, as 1 and 0, for flat NCHW positions `start` up to
 * `start + kept.length` of the whole batch; writes into `kept`.
 */
export function fillDropoutMask(mask: DropoutMaskKey, start: number, kept: Uint8Array): void {
  const octet = Math.floor(start / 8);
  const skipped = start - 8 * octet;
  if (skipped === 0 && kept.length % 16 === 0) {
    fillOctetPairs(mask, octet, kept);
    return;
  }
  const covering = new Uint8Array(16 * Math.ceil((skipped + kept.length) / 16));
  fillOctetPairs(mask, octet, covering);
  kept.set(covering.subarray(skipped, skipped + kept.length));
}

/** Eight units a counter: each word's low 16 bits, then its high ones. */
function fillOctetPairs(mask: DropoutMaskKey, firstOctet: number, kept: Uint8Array): void {
  const key = philoxKey(mask.seed);
  const threshold = dropoutThreshold(mask.rate);
  const words = new Uint32Array(8);
  for (let index = 0; index < kept.length; index += 16) {
    philoxPair(key, firstOctet + index / 8, mask.layerIndex, mask.step, PURPOSE.dropout, words);
    for (let word = 0; word < 8; word += 1) {
      const bits = present(words[word]);
      kept[index + 2 * word] = atLeast(bits & 0xffff, threshold);
      kept[index + 2 * word + 1] = atLeast(bits >>> 16, threshold);
    }
  }
}

/** `a >= b ? 1 : 0` by the difference's sign: half of such branches would be predicted wrongly. */
function atLeast(a: number, b: number): number {
  return 1 + ((a - b) >> 31);
}
