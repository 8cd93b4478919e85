import { type PhiloxKey, philox, philoxKey } from "@nin/spec";

/** Random numbers of one input: any input of a run can be made again from the seed, its target and its number. */
export class Random {
  readonly #key: PhiloxKey;
  readonly #words = new Uint32Array(4);
  #drawn = 0;

  constructor(
    seed: number,
    private readonly target: number,
    private readonly input: number,
  ) {
    this.#key = philoxKey(seed);
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    if (this.#drawn % 4 === 0) philox(this.#key, this.#drawn / 4, this.input, this.target, 0, this.#words);
    const word = this.#words[this.#drawn % 4];
    this.#drawn += 1;
    if (word === undefined) throw new Error("philox gives four words");
    return Math.floor((word / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}

/** Integers at which programs go wrong. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff] as const;
const TEXTS = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\\",
  "\n",
  "\0",
  "\u001b[31m",
  "\ufeff",
  "é",
  "-",
  "e9",
  "../",
  "%s",
  "null",
];

type ByteChange = (bytes: Buffer, random: Random) => Buffer;

const BYTE_CHANGES: readonly ByteChange[] = [
  function flipBit(bytes, random) {
    return patched(bytes, random.below(bytes.length), (old) => old ^ (1 << random.below(8)));
  },
  function setByte(bytes, random) {
    return patched(bytes, random.below(bytes.length), () => random.below(256));
  },
  function setInteger(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = random.below(Math.max(1, bytes.length - 4));
    if (copy.length < at + 4) return copy;
    const edge = random.pick(EDGES);
    if (random.chance(0.5)) copy.writeUInt32BE(edge, at);
    else copy.writeUInt32LE(edge, at);
    return copy;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length));
  },
  function remove(bytes, random) {
    const start = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random.below(40))]);
  },
  function insert(bytes, random) {
    return inserted(bytes, random.below(bytes.length + 1), Buffer.from(random.pick(TEXTS)));
  },
  function repeat(bytes, random) {
    const start = random.below(bytes.length);
    const part = bytes.subarray(start, start + 1 + random.below(60));
    const times = random.pick([1, 2, 30, 3000]);
    return inserted(bytes, start, Buffer.concat(Array.from({ length: times }, () => part)));
  },
];

/** A file with one to five changes of bytes. */
export function mutateBytes(bytes: Uint8Array, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let changes = 1 + random.below(5); changes > 0 && result.length > 0; changes -= 1) {
    result = random.pick(BYTE_CHANGES)(result, random);
  }
  return result;
}

/** Stands in a JSON value for text that no value has a form for. */
const RAW = "raw text ";
const RAW_TEXTS: readonly string[] = [
  "[".repeat(5000) + "]".repeat(5000),
  `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`,
  "1e400",
  "-0",
  "8e0",
  "0x10",
  "NaN",
  "01",
  '{"a":1,"a":2}',
  "'text'",
  "// comment\n1",
];

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2,
  3,
  1.5,
  1e-320,
  1e308,
  65_536,
  16_777_217,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e21,
  "",
  " ",
  "relu",
  "conv2d",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "/dev/zero",
  "a".repeat(100_000),
  "\u001b]0;x\u0007",
  "\ud800",
  "=1+1",
  [],
  {},
  [[]],
  [null],
  [1, 2, 3],
  { type: "relu" },
  { kind: "sgd" },
  Array.from({ length: 5000 }, () => 1),
];

/** A value of JSON with one to three changes of its values, names and lists. */
export function mutateValue(value: unknown, random: Random): unknown {
  return changedOften(value, random);
}

/** The same as a text, in which there may also be what is no JSON, or no good one. */
export function mutateJson(value: unknown, random: Random): string {
  const raw: string[] = [];
  const result = changedOften(value, random, raw);
  const text = JSON.stringify(result) ?? "";
  return raw.reduce(
    (written, part, index) => written.replace(JSON.stringify(`${RAW}${index}`), () => part),
    text,
  );
}

function changedOften(value: unknown, random: Random, raw?: string[]): unknown {
  let result = value;
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) {
    result = changedSomewhere(result, random, raw);
  }
  return result;
}

function changedSomewhere(value: unknown, random: Random, raw: string[] | undefined): unknown {
  if (typeof value !== "object" || value === null || random.chance(0.15))
    return changedHere(value, random, raw);
  if (Array.isArray(value)) {
    if (value.length === 0) return changedHere(value, random, raw);
    const at = random.below(value.length);
    return value.map((item, index) => (index === at ? changedSomewhere(item, random, raw) : item));
  }
  const names = Object.keys(value);
  if (names.length === 0) return changedHere(value, random, raw);
  const at = random.pick(names);
  const entries = Object.entries(value).map(([name, item]): [string, unknown] =>
    name === at
      ? [random.chance(0.05) ? `${name}s` : name, changedSomewhere(item, random, raw)]
      : [name, item],
  );
  return Object.fromEntries(entries);
}

function changedHere(value: unknown, random: Random, raw: string[] | undefined): unknown {
  if (raw !== undefined && random.chance(0.1)) {
    raw.push(random.pick(RAW_TEXTS));
    return `${RAW}${raw.length - 1}`;
  }
  if (Array.isArray(value) && value.length > 0) {
    const at = random.below(value.length);
    if (random.chance(0.3)) return value.filter((_, index) => index !== at);
    if (random.chance(0.3)) return [...value, value[at]];
    if (random.chance(0.05)) return Array.from({ length: 5000 }, () => value[at]);
  } else if (typeof value === "object" && value !== null) {
    const names = Object.keys(value);
    if (names.length > 0 && random.chance(0.3)) {
      const at = random.pick(names);
      return Object.fromEntries(Object.entries(value).filter(([name]) => name !== at));
    }
    if (random.chance(0.3))
      return { ...value, [random.pick(["extra", "Type", "toString", " "])]: random.pick(VALUES) };
  } else if (typeof value === "number" && random.chance(0.5)) {
    return value + random.pick([-1, 1, 0.5, 1000, -1000]);
  } else if (typeof value === "string" && random.chance(0.4)) {
    return mutateBytes(Buffer.from(value), random).toString("latin1");
  }
  return random.pick(VALUES);
}

function patched(bytes: Buffer, at: number, change: (old: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = change(copy.readUInt8(at));
  return copy;
}

function inserted(bytes: Buffer, at: number, part: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
}
