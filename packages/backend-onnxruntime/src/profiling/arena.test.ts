import { expect, test } from "vitest";
import { Arena } from "./arena.js";

const KIB = 1024;
const MIB = 1024 * KIB;

test("rounds a request up, and counts what was used of a region, not the region", () => {
  const arena = new Arena();
  arena.allocate(300);
  expect(arena.touchedBytes).toBe(512);
  arena.allocate(0);
  arena.allocate(256);
  expect(arena.touchedBytes).toBe(768);
});

test("takes regions of twice the size each, or larger ones where a request is", () => {
  const arena = new Arena();
  const touchedBy = (bytes: number): number => {
    const before = arena.touchedBytes;
    arena.allocate(bytes);
    return arena.touchedBytes - before;
  };
  // The first region has 1 MiB, and the second 2; the third has 8, where its other half is for the last request.
  expect([MIB, 2 * MIB, 4 * MIB + 256, 256].map(touchedBy)).toEqual([MIB, 2 * MIB, 4 * MIB + 256, 256]);
  const small = new Arena();
  small.allocate(700 * KIB);
  small.allocate(200 * KIB);
  // Less than twice the request was free: the first has its whole region, and the second is in the next one.
  expect(small.touchedBytes).toBe(900 * KIB);
  small.allocate(300 * KIB)();
  expect(small.touchedBytes).toBe(1200 * KIB);
});

test("uses freed memory again, the smallest piece that is large enough, and joins what is next to each other", () => {
  const arena = new Arena();
  const pieces = [100, 300, 200, 100].map((kib) => arena.allocate(kib * KIB));
  const touched = arena.touchedBytes;
  expect(touched).toBe(700 * KIB);
  for (const index of [1, 2]) pieces[index]?.();
  const joined = arena.allocate(500 * KIB);
  expect(arena.touchedBytes).toBe(touched);
  joined();
  arena.allocate(260 * KIB);
  arena.allocate(250 * KIB);
  // The first has the region's end, 324 KiB that nobody had used; the second half of what was freed.
  expect(arena.touchedBytes).toBe(touched + 260 * KIB);
});
