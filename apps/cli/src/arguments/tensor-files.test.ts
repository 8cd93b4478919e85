import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serializeSafetensors, type WritableTensor } from "@nin/safetensors";
import { builtinRecipe, initialParameters, parseArchitecture } from "@nin/spec";
import { newFolder, smallIdxFiles, smallNinJson, writeIdxFolder } from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectProcessRefused, expectRefused } from "../testing/refusal.js";
import { imagesOf, joined } from "./tensor-files.js";

const weights = initialParameters(parseArchitecture(smallNinJson), builtinRecipe("d2l").init, 0);
const FIRST = "net.0.0.weight";
const input = { shape: [2, 1, 8, 8], data: new Float32Array(128).fill(0.5) };
const labels = { shape: [2], data: BigInt64Array.of(3n, 9n) };
const good = serializeSafetensors(weights);

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await newFolder();
  await writeFile(file("small.json"), JSON.stringify(smallNinJson));
  await writeFile(file("w"), good);
  await writeFile(
    file("x"),
    serializeSafetensors(
      new Map<string, WritableTensor>([
        ["input", input],
        ["labels", labels],
      ]),
    ),
  );
  await writeIdxFolder(file("data"), smallIdxFiles(20, 10));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = file(`file-${counter++}`);
  await writeFile(path, bytes);
  return path;
}
let counter = 0;

function predict(w: string, x = file("x"), backend = "reference"): readonly string[] {
  return ["predict", file("small.json"), "--weights", w, "--input", x, "--output", "y", "--backend", backend];
}

/** The good weights with some tensors replaced. */
function weightsWith(replaced: Readonly<Record<string, WritableTensor | undefined>>): Uint8Array {
  const tensors = new Map<string, WritableTensor>(weights);
  for (const [name, tensor] of Object.entries(replaced)) {
    if (tensor === undefined) tensors.delete(name);
    else tensors.set(name, tensor);
  }
  return serializeSafetensors(tensors);
}

/** The good weights under another header. */
function withHeader(change: (header: Record<string, { data_offsets: number[] }>) => void): Uint8Array {
  const length = Number(new DataView(good.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(good.subarray(8, 8 + length)));
  change(header);
  const text = new TextEncoder().encode(JSON.stringify(header).padEnd(length));
  const bytes = new Uint8Array(8 + text.length + good.length - 8 - length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(good.subarray(8 + length), 8 + text.length);
  return bytes;
}

function withLength(length: bigint): Uint8Array {
  const bytes = good.slice();
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
}

const scalar = { shape: [1], data: Float32Array.of(1) };
const nan = { shape: [6, 1, 3, 3], data: new Float32Array(54).fill(Number.NaN) };
const infinite = { shape: [6, 1, 3, 3], data: new Float32Array(54).fill(Number.POSITIVE_INFINITY) };
const transposed = { shape: [1, 6, 3, 3], data: new Float32Array(54) };

describe.each(["reference", "onnxruntime"])("weights are refused by %s", (backend) => {
  it.each([
    ["with a missing tensor", { [FIRST]: undefined }, `expected 12 parameters, missing: ${FIRST}`],
    [
      "with an extra tensor",
      { "net.9.weight": scalar },
      "1 tensor that small does not have: net.9.weight (--ignore-extra skips them)",
    ],
    [
      "with a wrongly shaped tensor",
      { [FIRST]: transposed },
      `of another shape: ${FIRST} expected [6, 1, 3, 3], got [1, 6, 3, 3]`,
    ],
    ["with NaN", { [FIRST]: nan }, `parameter ${FIRST}: expected`],
    ["with infinity", { [FIRST]: infinite }, `parameter ${FIRST}: expected`],
  ])("%s", async (_name, replaced, line) => {
    const w = await fileOf(weightsWith(replaced));
    await expectRefused(predict(w, file("x"), backend), line);
    await expectRefused(predict(w, file("x"), backend), w);
  });
});

describe("a weights file is refused", () => {
  it.each([
    ["whose header is longer than the file", withLength(1n << 40n), "header"],
    ["whose header is shorter than it says", withLength(16n), "header"],
    ["whose header has no end", withLength((1n << 64n) - 1n), "header"],
    ["that is empty", new Uint8Array(0), "bytes"],
    ["that is truncated", good.subarray(0, good.length - 4), "truncated or damaged"],
    ["that goes on", Uint8Array.of(...good, 0, 0, 0, 0), "bytes of data"],
    ["whose offsets overlap", withHeader((header) => shift(header, FIRST, -4)), "offset"],
    [
      "whose offsets are too short",
      withHeader((header) => header[FIRST]?.data_offsets.splice(1, 1, 4)),
      "data_offsets",
    ],
    [
      "whose offsets are negative",
      withHeader((header) => header[FIRST]?.data_offsets.splice(0, 1, -4)),
      "data_offsets",
    ],
  ])("%s", async (_name, bytes, line) => {
    const w = await fileOf(bytes);
    await expectRefused(predict(w), `nin: ${w}: `);
    await expectRefused(predict(w), line);
  });

  it("that is not there, or of integers", async () => {
    await expectRefused(predict(file("no")), `${file("no")}: cannot be read: there is no such file`);
    const integers = await fileOf(weightsWith({ [FIRST]: { shape: [54], data: new BigInt64Array(54) } }));
    await expectRefused(predict(integers), FIRST);
  });

  it("in a process, whatever the command", async () => {
    const torn = await fileOf(good.subarray(0, 100));
    await expectProcessRefused(predict(torn), `nin: ${torn}: `);
    const other = ["--weights", await fileOf(weightsWith({ [FIRST]: nan }))];
    const x = ["--input", file("x"), "--output", "y"];
    await expectProcessRefused(
      ["gradients", file("small.json"), ...other, ...x],
      `parameter ${FIRST}: expected`,
    );
    await expectProcessRefused(
      ["evaluate", file("small.json"), ...other, "--data", file("data"), "--recipe", "d2l"],
      `parameter ${FIRST}: expected`,
    );
  });
});

function shift(header: Record<string, { data_offsets: number[] }>, name: string, by: number): void {
  const entry = header[name];
  if (entry !== undefined) entry.data_offsets = entry.data_offsets.map((offset) => offset + by);
}

describe("an input file is refused", () => {
  const gradients = (x: string): readonly string[] => ["gradients", ...predict(file("w"), x).slice(1)];
  const inputFile = (tensors: Readonly<Record<string, WritableTensor>>): Promise<string> =>
    fileOf(serializeSafetensors(new Map(Object.entries(tensors))));

  it("without input, with another tensor, or of another shape", async () => {
    const none = await inputFile({ labels });
    await expectRefused(predict(file("w"), none), `${none}: expected a tensor input, found labels`);
    const third = await inputFile({ input, labels, mask: scalar });
    await expectRefused(predict(file("w"), third), `${third}: expected a tensor "input"`);
    await expectRefused(gradients(third), "found mask");
    const flat = await inputFile({ input: { ...input, shape: [2, 64] } });
    await expectRefused(predict(file("w"), flat), "input: expected shape [N, 1, 8, 8], got [2, 64]");
    const empty = await inputFile({ input: { shape: [0, 1, 8, 8], data: new Float32Array(0) } });
    await expectRefused(predict(file("w"), empty), "input: expected shape [N, 1, 8, 8], got [0, 1, 8, 8]");
  });

  it.each([
    ["too large", BigInt64Array.of(3n, 10n), "10"],
    ["negative", BigInt64Array.of(-1n, 3n), "-1"],
    ["beyond 32 bits", BigInt64Array.of(1n << 32n, 3n), "4294967296"],
  ])("with a label that is %s", async (_name, data, line) => {
    const x = await inputFile({ input, labels: { shape: [2], data } });
    await expectRefused(gradients(x), line);
    await expectRefused([...gradients(x), "--backend", "onnxruntime"], line);
  });

  it("with a label out of range, in a process", async () => {
    const x = await inputFile({ input, labels: { shape: [2], data: BigInt64Array.of(3n, 10n) } });
    await expectProcessRefused(gradients(x), `nin: ${x}: labels[1]: expected 0 to 9, got 10`);
  });

  it("with labels of another number or type, or without", async () => {
    const one = await inputFile({ input, labels: { shape: [1], data: BigInt64Array.of(1n) } });
    await expectRefused(gradients(one), `${one}: labels: expected shape [2], got [1]`);
    const floats = await inputFile({ input, labels: { shape: [2], data: Float32Array.of(1, 2) } });
    await expectRefused(gradients(floats), "labels");
    const none = await inputFile({ input });
    await expectRefused(gradients(none), `${none}: expected a tensor labels, found input`);
  });
});

describe("batches", () => {
  const values = (length: number): Float32Array => Float32Array.from({ length }, (_, index) => index);

  it("are cut and joined along their first axis", () => {
    const whole = { shape: [5, 2, 3], data: values(30) };
    const parts = [imagesOf(whole, 0, 2), imagesOf(whole, 2, 4), imagesOf(whole, 4, 5)];
    expect(parts.map(({ shape }) => shape)).toEqual([
      [2, 2, 3],
      [2, 2, 3],
      [1, 2, 3],
    ]);
    expect([...(parts[2]?.data ?? [])]).toEqual([24, 25, 26, 27, 28, 29]);
    expect(joined(parts)).toEqual(whole);
  });

  it("of doubles stay doubles", () => {
    const part = { shape: [1, 2], data: Float64Array.of(0.1, 0.2) };
    expect(joined([part, part]).data).toEqual(Float64Array.of(0.1, 0.2, 0.1, 0.2));
  });
});
