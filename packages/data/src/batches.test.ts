import { shuffledIndices } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { batchesPerEpoch, epochBatches, orderedBatches } from "./batches.js";
import { DataError } from "./dataset/errors.js";

const flat = (batches: Iterable<Uint32Array>) => [...batches].flatMap((batch) => [...batch]);

describe("epochBatches", () => {
  it.each([
    [10, 4, [4, 4, 2]],
    [8, 4, [4, 4]],
    [9, 4, [4, 4, 1]],
    [3, 4, [3]],
    [3, 1, [1, 1, 1]],
  ])("of %i images in batches of %i has sizes %j", (count, batchSize, sizes) => {
    const batches = [...epochBatches({ count, batchSize, seed: 3, epoch: 2 })];
    expect(batches.map((batch) => batch.length)).toEqual(sizes);
    expect(flat(batches)).toEqual([...shuffledIndices(count, 3, 2)]);
    expect(batchesPerEpoch(count, batchSize)).toBe(sizes.length);
  });

  it("goes on where a run stopped, up to nothing", () => {
    const options = { count: 10, batchSize: 4, seed: 3, epoch: 2 };
    const whole = [...epochBatches(options)];
    for (const from of [0, 1, 2, 3])
      expect([...epochBatches({ ...options, from })]).toEqual(whole.slice(from));
    expect(() => epochBatches({ ...options, from: 4 })).toThrow(
      "from: expected an integer from 0 to 3, found 4",
    );
  });

  it("differs by epoch and by seed", () => {
    const order = (seed: number, epoch: number) =>
      flat(epochBatches({ count: 50, batchSize: 7, seed, epoch })).join();
    expect(new Set([order(0, 0), order(0, 1), order(1, 0), order(2 ** 40, 0)]).size).toBe(4);
  });

  it("gives batches that own their memory", () => {
    const [first] = epochBatches({ count: 10, batchSize: 4, seed: 0, epoch: 0 });
    expect(first?.buffer.byteLength).toBe(16);
  });

  it.each([
    { count: 0 },
    { batchSize: 0 },
    { batchSize: 1.5 },
    { seed: -1 },
    { seed: 2 ** 53 },
    { epoch: -1 },
    { from: -1 },
  ])("refuses %j at the call", (wrong) => {
    expect(() => epochBatches({ count: 10, batchSize: 4, seed: 0, epoch: 0, ...wrong })).toThrow(DataError);
  });
});

describe("orderedBatches", () => {
  it("visits every position in order", () => {
    expect([...orderedBatches(5, 2)].map((batch) => [...batch])).toEqual([[0, 1], [2, 3], [4]]);
  });
});
