import { advance, countDown, get, I32, moduleOf, set, simd, store128, V128 } from "../wasm-module/module.js";

/**
 * A WebAssembly module that draws Philox4x32-10 for dropout masks, four counters at once: each of the generator's state words is
 * a vector of four, and a 32 by 32 bit product is one instruction for two of them, where JavaScript needs eight products of
 * 16-bit halves.
 *
 * Exports `memory` and `fill(key0, key1, counter0, counter1, counter2, counter3, threshold, blocks)`, which writes, from the memory's
 * beginning, 32 bytes for each block of four counters: 1 where 16 random bits are at least the threshold, and 0.
 *
 * Source: Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011; the WebAssembly
 * specification's binary format.
 */
export function maskModule(): Uint8Array<ArrayBuffer> {
  return moduleOf({
    pages: 1,
    name: "fill",
    parameters: Array.from({ length: PARAMETERS }, () => I32),
    variables: [
      [1, I32],
      [12, V128],
    ],
    body: body(),
  });
}

const PARAMETERS = 8;
const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;

/** The parameters, and after them the variables, by their numbers. Not taken apart: a bundler would keep that in every page. */
const KEY_0 = 0;
const KEY_1 = 1;
const COUNTER_0 = 2;
const COUNTER_1 = 3;
const COUNTER_2 = 4;
const COUNTER_3 = 5;
const THRESHOLD = 6;
const BLOCKS = 7;
const ADDRESS = 8;
const X0 = 9;
const X1 = 10;
const X2 = 11;
const X3 = 12;
const K0 = 13;
const K1 = 14;
const LOW_0 = 15;
const HIGH_0 = 16;
const LOW_1 = 17;
const HIGH_1 = 18;
const COUNTERS = 19;
const LIMIT = 20;

function body(): readonly number[] {
  return [
    // Counters of the first block: the first word counts.
    ...[
      ...get(COUNTER_0),
      ...simd(I32X4_SPLAT),
      ...constant([0, 1, 2, 3]),
      ...simd(I32X4_ADD),
      ...set(COUNTERS),
    ],
    ...[...get(THRESHOLD), ...simd(I16X8_SPLAT), ...set(LIMIT)],
    ...countDown(BLOCKS, [
      ...block(),
      ...[...get(COUNTERS), ...constant([4, 4, 4, 4]), ...simd(I32X4_ADD), ...set(COUNTERS)],
      ...advance(ADDRESS, 32),
    ]),
  ];
}

/** The 32 units of four counters. */
function block(): readonly number[] {
  return [
    ...[...get(COUNTERS), ...set(X0)],
    ...splat(COUNTER_1, X1),
    ...splat(COUNTER_2, X2),
    ...splat(COUNTER_3, X3),
    ...splat(KEY_0, K0),
    ...splat(KEY_1, K1),
    ...Array.from({ length: ROUNDS }, round).flat(),
    ...store(0, [
      [X0, X1, X2, X3, 0],
      [X0, X1, X2, X3, 1],
    ]),
    ...store(16, [
      [X0, X1, X2, X3, 2],
      [X0, X1, X2, X3, 3],
    ]),
  ];
}

function round(): readonly number[] {
  return [
    ...products(X0, MULTIPLIERS[0], LOW_0, HIGH_0),
    ...products(X2, MULTIPLIERS[1], LOW_1, HIGH_1),
    ...[...get(HIGH_1), ...get(X1), ...simd(XOR), ...get(K0), ...simd(XOR), ...set(X0)],
    ...[...get(LOW_1), ...set(X1)],
    ...[...get(HIGH_0), ...get(X3), ...simd(XOR), ...get(K1), ...simd(XOR), ...set(X2)],
    ...[...get(LOW_0), ...set(X3)],
    ...[...get(K0), ...constant(fourTimes(WEYL[0])), ...simd(I32X4_ADD), ...set(K0)],
    ...[...get(K1), ...constant(fourTimes(WEYL[1])), ...simd(I32X4_ADD), ...set(K1)],
  ];
}

/** The low and the high words of the products of four words. The 64-bit products of two stand in a vector. */
function products(words: number, multiplier: number, low: number, high: number): readonly number[] {
  const product = (which: number) => [...get(words), ...constant(fourTimes(multiplier)), ...simd(which)];
  return [
    ...[...product(EXTMUL_LOW), ...set(low), ...product(EXTMUL_HIGH), ...set(high)],
    ...[...get(low), ...get(high), ...shuffleWords([0, 2, 4, 6])],
    ...[...get(low), ...get(high), ...shuffleWords([1, 3, 5, 7]), ...set(high), ...set(low)],
  ];
}

/** Stores the units of two counters: the four words of each, as 16-bit numbers, compared, and narrowed to bytes. */
function store(
  offset: number,
  counters: readonly (readonly [x0: number, x1: number, x2: number, x3: number, lane: number])[],
): readonly number[] {
  const compared = counters.flatMap(([x0, x1, x2, x3, lane]) => [
    ...[...get(x0), ...get(x1), ...shuffleWords([lane, 4 + lane, 0, 0])],
    ...[...get(x2), ...get(x3), ...shuffleWords([lane, 4 + lane, 0, 0])],
    ...[...shuffleWords([0, 1, 4, 5]), ...get(LIMIT), ...simd(I16X8_GE_U)],
  ]);
  const ones = constant(fourTimes(0x01010101));
  return [...get(ADDRESS), ...[...compared, ...simd(NARROW), ...ones, ...simd(AND)], ...store128(offset)];
}

const V128_CONST = 0x0c;
const SHUFFLE = 0x0d;
const I16X8_SPLAT = 0x10;
const I32X4_SPLAT = 0x11;
const I16X8_GE_U = 0x36;
const AND = 0x4e;
const XOR = 0x51;
/** `i8x16.narrow_i16x8_s`: all bits stay all bits. */
const NARROW = 0x65;
const I32X4_ADD = 0xae;
/** `i64x2.extmul_low_i32x4_u` and its twin of the other half. */
const EXTMUL_LOW = 0xde;
const EXTMUL_HIGH = 0xdf;

const splat = (from: number, to: number): readonly number[] => [
  ...get(from),
  ...simd(I32X4_SPLAT),
  ...set(to),
];
const fourTimes = (word: number): readonly number[] => [word, word, word, word];

function constant(words: readonly number[]): readonly number[] {
  return [...simd(V128_CONST), ...new Uint8Array(Uint32Array.from(words).buffer)];
}

/** Four 32-bit words of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
function shuffleWords(words: readonly number[]): readonly number[] {
  return [...simd(SHUFFLE), ...words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))];
}
