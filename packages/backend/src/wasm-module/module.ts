/**
 * Writes WebAssembly modules of one function that works on vectors in memory.
 *
 * Source: the WebAssembly specification's binary format.
 */

export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

/** A module that exports `memory` and one function without a result. */
export interface ModuleContent {
  /** The memory's size. Units: 64 KiB. */
  readonly pages: number;
  /** Of the function. */
  readonly name: string;
  /** The types of the function's parameters, which are its first variables. */
  readonly parameters: readonly number[];
  /** How many further variables it has of each type. */
  readonly variables: readonly (readonly [count: number, type: number])[];
  /** Its instructions, without the `end`. */
  readonly body: readonly number[];
}

export function moduleOf({
  pages,
  name,
  parameters,
  variables,
  body,
}: ModuleContent): Uint8Array<ArrayBuffer> {
  const declared = list(variables.map(([count, type]) => [...unsigned(count), type]));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([[0x60, ...list(parameters.map((type) => [type])), ...list([])]])),
    ...section(3, list([[0]])),
    ...section(5, list([[0x00, ...unsigned(pages)]])),
    ...section(7, list([exported("memory", 0x02), exported(name, 0x00)])),
    ...section(10, list([sized([...declared, ...body, 0x0b])])),
  ]);
}

export const get = (variable: number): readonly number[] => [0x20, ...unsigned(variable)];
export const set = (variable: number): readonly number[] => [0x21, ...unsigned(variable)];
/** An instruction on vectors. */
export const simd = (operation: number): readonly number[] => [0xfd, ...unsigned(operation)];
/** Takes an address from the stack. */
export const load128 = (offset: number): readonly number[] => [
  ...simd(0x00),
  ...unsigned(0),
  ...unsigned(offset),
];
/** Takes an address and a vector from the stack. */
export const store128 = (offset: number): readonly number[] => [
  ...simd(0x0b),
  ...unsigned(0),
  ...unsigned(offset),
];

/** A float32 number. */
export function float(value: number): readonly number[] {
  return [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** A float32 number from the stack, in all four lanes of a vector. */
export const splat128 = (): readonly number[] => simd(0x13);

/** Adds a number to a variable. */
export function advance(variable: number, by: number): readonly number[] {
  return [...get(variable), 0x41, ...signed(by), 0x6a, ...set(variable)];
}

/** Does something as often as a variable says, which counts down to 0. */
export function countDown(variable: number, work: readonly number[]): readonly number[] {
  return [
    // block, loop: leave where nothing is left.
    ...[0x02, 0x40, 0x03, 0x40],
    ...[...get(variable), 0x45, 0x0d, ...unsigned(1)],
    ...work,
    ...[...get(variable), 0x41, ...signed(1), 0x6b, ...set(variable)],
    ...[0x0c, ...unsigned(0), 0x0b, 0x0b],
  ];
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...sized(content)];
}

function sized(content: readonly number[]): readonly number[] {
  return [...unsigned(content.length), ...content];
}

function list(items: readonly (readonly number[])[]): readonly number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function exported(name: string, kind: number): readonly number[] {
  return [...sized([...name].map((letter) => letter.charCodeAt(0))), kind, ...unsigned(0)];
}

/** LEB128. */
function unsigned(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a number that is not negative. */
function signed(value: number): readonly number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}

/** Of the platform's `WebAssembly`, what is used. */
interface WebAssemblyLike {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** What a module exports; undefined where there is no WebAssembly with vectors, or where it may not be compiled, as a page's policy can say, or has no memory left. */
export function instantiated(bytes: Uint8Array): object | undefined {
  const { WebAssembly } = globalThis as { readonly WebAssembly?: WebAssemblyLike };
  try {
    if (WebAssembly?.validate(bytes) !== true) return undefined;
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  } catch {
    return undefined;
  }
}
