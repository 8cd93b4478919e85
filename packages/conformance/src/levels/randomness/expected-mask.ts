import { PURPOSE, philox, philoxKey } from "@nin/spec";

/** Where a mask stands in a run. */
export interface MaskKey {
  readonly seed: number;
  /** The dropout's position in `layers`. */
  readonly layerIndex: number;
  readonly step: number;
  readonly rate: number;
}

/**
 * Whether a unit is kept: 16 bits of Philox for each flat NCHW position in the whole batch, the low
 * half of a word first, at least `floor(rate*65536 + 0.5)`.
 */
export function isKept({ seed, layerIndex, step, rate }: MaskKey, unit: number): boolean {
  const words = new Uint32Array(4);
  philox(philoxKey(seed), Math.floor(unit / 8), layerIndex, step, PURPOSE.dropout, words);
  const half = unit % 8;
  const word = words[half >> 1] ?? 0;
  const bits = half % 2 === 0 ? word & 0xffff : word >>> 16;
  return bits >= Math.floor(rate * 65536 + 0.5);
}
