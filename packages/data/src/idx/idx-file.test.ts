import { execFileSync } from "node:child_process";
import { mkdir, open, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { SIZE_LIMITS } from "@nin/files";
import { idxBytes } from "@nin/test-support";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../dataset/errors.js";
import { emptyFolder, smallSet } from "../testing/idx-folder.js";
import type { IdxArray, IdxExpectation } from "./format.js";
import { readPackedIdx, readPlainIdx, requireRoom, unpackIdx } from "./idx-file.js";

const images = { file: "a-file", content: "images" } as const;
const small = smallSet();

async function refused(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    (value) => new Error(`accepted ${String(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof DataError) return error.message.replace(/^.*?: expected /, "");
  throw error;
}

/** What strict IDX inside whole gzip members, and nothing else, holds; undefined for all else. */
function strictly(packed: Uint8Array, { content }: IdxExpectation): IdxArray | undefined {
  let bytes: Buffer;
  try {
    const unpacked = gunzipSync(packed, { info: true, maxOutputLength: 1e6 }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    if (unpacked.engine.bytesWritten !== packed.length) return undefined;
    bytes = unpacked.buffer;
  } catch {
    return undefined;
  }
  if (bytes.length < 4) return undefined;
  const [type, rank] = [bytes.readUInt16BE(0) === 0 ? bytes.readUInt8(2) : 0, bytes.readUInt8(3)];
  const [elements, sizeBytes] = STRICT_TYPES.get(type) ?? [undefined, 0];
  const isKnown = content === "images" ? type === 8 && (rank === 3 || rank === 4) : rank === 1;
  const start = 4 + 4 * rank;
  if (elements === undefined || !isKnown || bytes.length <= start) return undefined;
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const isExact = shape.reduce((product, extent) => product * extent, sizeBytes) === bytes.length - start;
  return isExact ? { shape, elements, data: new Uint8Array(bytes.subarray(start)) } : undefined;
}

const STRICT_TYPES: ReadonlyMap<number, readonly [IdxArray["elements"], number]> = new Map([
  [8, ["uint8", 1]],
  [9, ["int8", 1]],
  [11, ["int16", 2]],
  [12, ["int32", 4]],
]);

async function agrees(packed: Uint8Array, expectation: IdxExpectation): Promise<boolean> {
  const expected = strictly(packed, expectation);
  const found = await unpackIdx(packed, expectation).catch((error: unknown) => {
    if (error instanceof DataError && error.message.startsWith("a-file: expected ")) return undefined;
    throw error;
  });
  expect(found && { ...found, data: new Uint8Array(found.data) }).toEqual(expected);
  return expected !== undefined;
}

describe("unpackIdx", () => {
  const packed = gzipSync(small.trainImages);
  const [beginning, end] = [small.trainImages.subarray(0, 30), small.trainImages.subarray(30)];

  it.each([
    ["several members", Buffer.concat([gzipSync(beginning), gzipSync(end)])],
    [
      "members that are empty",
      Buffer.concat([gzipSync(""), gzipSync(beginning), gzipSync(""), gzipSync(end)]),
    ],
    [
      "a header in pieces",
      Buffer.concat([...beginning].map((byte) => gzipSync(Buffer.of(byte))).concat(gzipSync(end))),
    ],
    ["nothing compressed", gzipSync(small.trainImages, { level: 0 })],
  ])("takes %s", async (_, given) => {
    expect(await agrees(given, images)).toBe(true);
  });

  it("refuses gzip that is empty, has another length than it says, or ends in another header", async () => {
    expect(await refused(unpackIdx(gzipSync(""), images))).toBe("an IDX header of 16 bytes, found 0 bytes");
    const otherLength = Buffer.from(packed);
    otherLength.writeUInt32LE(small.trainImages.length + 1, packed.length - 4);
    expect(await refused(unpackIdx(otherLength, images))).toContain("one whose length field is wrong");
    const more = Buffer.concat([packed, packed.subarray(0, 5)]);
    expect(await refused(unpackIdx(more, images))).toContain("a truncated one");
  });

  it("refuses what is truncated at any byte", async () => {
    for (let length = 0; length < packed.length; length += 1) {
      expect(await agrees(packed.subarray(0, length), images)).toBe(false);
    }
  });

  it("takes of mutated files what is still right, and refuses all else by one line", {
    timeout: 20_000,
  }, async () => {
    const change = fc.record({
      kind: fc.constantFrom("flip", "set", "drop", "repeat", "insert"),
      place: fc.noBias(fc.nat(9999)),
      value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
      length: fc.integer({ min: 1, max: 12 }),
    });
    const changes = fc.array(change, { minLength: 1, maxLength: 2 });
    let accepted = 0;
    const mutated = fc.asyncProperty(changes, fc.boolean(), fc.boolean(), async (list, inside, ofImages) => {
      const content = ofImages ? "images" : "labels";
      const plain = small[ofImages ? "trainImages" : "trainLabels"];
      const given = inside ? gzipSync(changed(plain, list)) : changed(gzipSync(plain), list);
      if (await agrees(given, { file: "a-file", content })) accepted += 1;
    });
    await fc.assert(mutated, { seed: 16, numRuns: 600 });
    // Pixels, the time and the name of the system in gzip's header may change.
    expect(accepted).toBeGreaterThan(30);
    expect(accepted).toBeLessThan(300);
  });

  it("unpacks no more than the header says, nor believes one that no such file can keep", async () => {
    const zeros = gzipSync(Buffer.alloc(1 << 24));
    const bomb = Buffer.concat([gzipSync(idxBytes([9, 9, 9], Buffer.alloc(0))), ...Array(200).fill(zeros)]);
    const before = process.memoryUsage().arrayBuffers;
    expect(await refused(unpackIdx(bomb, images))).toBe(
      "745 bytes for dimensions 9 x 9 x 9, found more bytes",
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2e8);
    const promise = gzipSync(idxBytes([60_000, 28, 28], Buffer.alloc(9)));
    expect(await refused(unpackIdx(promise, images))).toMatch(
      /^47040016 bytes for dimensions 60000 x 28 x 28, found at most \d{5} bytes$/,
    );
  });
});

function changed(
  bytes: Uint8Array,
  list: readonly { kind: string; place: number; value: number; length: number }[],
): Buffer {
  let now = Buffer.from(bytes);
  for (const { kind, place, value, length } of list) {
    const at = place % now.length;
    const [head, piece, tail] = [
      now.subarray(0, at),
      now.subarray(at, at + length),
      now.subarray(at + length),
    ];
    if (kind === "flip") now[at] = (now[at] ?? 0) ^ (1 << (value % 8));
    if (kind === "set") now[at] = value;
    if (kind === "drop") now = Buffer.concat([head, tail]);
    if (kind === "repeat") now = Buffer.concat([head, piece, piece, tail]);
    if (kind === "insert") now = Buffer.concat([head, Buffer.alloc(length, value), piece, tail]);
    if (now.length === 0) break;
  }
  return now;
}

describe("files that are not what they say", () => {
  async function sparse(path: string, beginning: Uint8Array, sizeBytes: number): Promise<void> {
    await writeFile(path, beginning);
    const file = await open(path, "r+");
    await file.truncate(sizeBytes).finally(() => file.close());
  }

  it("are refused without reading 3 GB of them", async () => {
    const file = join(await emptyFolder(), "large");
    const began = performance.now();
    await sparse(file, idxBytes([60_000, 28, 28], Buffer.alloc(0)), 3e9);
    expect(await refused(readPlainIdx({ ...images, file }))).toBe(
      "47040016 bytes for dimensions 60000 x 28 x 28, found 3000000000 bytes",
    );
    await sparse(file, gzipSync(small.trainImages), 3e9);
    expect(await refused(readPackedIdx({ ...images, file }))).toBe(
      "at most 1048656 bytes for 40 unpacked, found 3000000000",
    );
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.each(["pipe", "folder", "link to /dev/zero"])("are refused when one is a %s", async (kind) => {
    const file = join(await emptyFolder(), "odd");
    if (kind === "pipe") execFileSync("mkfifo", [file]);
    else if (kind === "folder") await mkdir(file);
    else await symlink("/dev/zero", file);
    for (const read of [readPlainIdx, readPackedIdx]) {
      const found = kind.startsWith("link") ? "a device" : `a ${kind}`;
      expect(await refused(read({ ...images, file }))).toContain(
        `cannot be read: expected a file, found ${found}`,
      );
    }
  });

  it("are refused by the limit when they promise more than data may have, or than there is memory", async () => {
    const file = join(await emptyFolder(), "vast");
    const vast = idxBytes([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], Buffer.alloc(9));
    await writeFile(file, gzipSync(vast));
    expect(await refused(readPackedIdx({ ...images, file }))).toMatch(
      /^at most 2,048 MiB, found dimensions 4294967295 x 4294967295 x 4294967295, which are [\d,.]+ MiB$/,
    );
    await sparse(file, idxBytes([2 ** 21, 32, 32], Buffer.alloc(0)), 2 ** 31 + 16);
    expect(await refused(readPlainIdx({ ...images, file }))).toMatch(/^at most 2,048 MiB, found/);
    const header = { shape: [3000], headerBytes: 8, sizeBytes: SIZE_LIMITS.dataset };
    const require = async (freeBytes: number) => requireRoom("a-file", header, freeBytes);
    await expect(require(SIZE_LIMITS.dataset)).resolves.toBeUndefined();
    expect(await refused(require(2 ** 30))).toContain("at most the 1,024 MiB of memory that are free");
    expect(() => requireRoom("a-file", { ...header, sizeBytes: 2 ** 28 }, 1)).not.toThrow();
  });
});
