import { type DropoutMaskKey, dropoutThreshold, fillDropoutMask, PURPOSE, philoxKey } from "@nin/spec";
import { instantiated } from "../wasm-module/module.js";
import { maskModule } from "./mask-module.js";

interface MaskExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly fill: (
    ...given: readonly [
      key0: number,
      key1: number,
      counter0: number,
      counter1: number,
      counter2: number,
      counter3: number,
      threshold: number,
      blocks: number,
    ]
  ) => void;
}

const PAGE_BYTES = 65_536;
/** Units of the four counters that are drawn at once, and of one. */
const BLOCK = 32;
const OCTET = 8;

let instance: MaskExports | null | undefined;

/**
 * Draws a dropout mask as `fillDropoutMask` of `@nin/spec` does, the same bits, several times as fast where there is WebAssembly
 * with vectors.
 *
 * @param start - the first unit's place in the whole batch, in NCHW order
 * @param kept - takes 1 for each unit that is kept, and 0
 *
 * @example
 * ```ts
 * const kept = new Uint8Array(128 * 7 * 7);
 * drawDropoutMask({ seed: 0, layerIndex: 2, step: 0, rate: 0.5 }, 0, kept);
 * ```
 */
export function drawDropoutMask(mask: DropoutMaskKey, start: number, kept: Uint8Array): void {
  const threshold = dropoutThreshold(mask.rate);
  if (instance === undefined) instance = (instantiated(maskModule()) as MaskExports | undefined) ?? null;
  // A rate so near 1 that nothing is kept: the threshold is no 16-bit number.
  if (instance === null || threshold > 0xffff) {
    fillDropoutMask(mask, start, kept);
    return;
  }
  const { memory, fill } = instance;
  const octet = Math.floor(start / OCTET);
  const skipped = start - OCTET * octet;
  const blocks = Math.ceil((skipped + kept.length) / BLOCK);
  const missing = blocks * BLOCK - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  const [key0, key1] = philoxKey(mask.seed);
  fill(key0, key1, octet, mask.layerIndex, mask.step, PURPOSE.dropout, threshold, blocks);
  kept.set(new Uint8Array(memory.buffer, skipped, kept.length));
}
