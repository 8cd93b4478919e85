import { describe, expect, it } from "vitest";
import { chooseSamples } from "./choose-samples.js";

describe("chooseSamples", () => {
  it("takes right and wrong ones of each class, ordered by label, right ones first", () => {
    const labels = [1, 0, 0, 0, 1, 1];
    const predictions = [1, 0, 0, 1, 1, 0];
    expect(chooseSamples(labels, predictions, 4)).toEqual([1, 3, 0, 5]);
  });

  it("takes what there is where a class has only one kind", () => {
    expect(chooseSamples([0, 0, 0, 1], [0, 0, 0, 0], 3)).toEqual([0, 1, 3]);
  });

  it("shows both kinds when there are more classes than samples", () => {
    const labels = Uint8Array.from({ length: 200 }, (_, index) => index % 100);
    const predictions = labels.map((label, index) => (index < 100 ? label : (label + 1) % 100));
    const chosen = chooseSamples(labels, predictions, 40);
    const right = chosen.filter((position) => labels[position] === predictions[position]);
    expect(chosen).toHaveLength(40);
    expect(right).toHaveLength(20);
  });

  it("never takes one twice, nor more than there are", () => {
    const labels = [0, 1, 2, 0, 1, 2, 0];
    const chosen = chooseSamples(labels, [0, 0, 0, 0, 0, 0, 1], 50);
    expect([...chosen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(chooseSamples(labels, labels, 0)).toEqual([]);
    expect(chooseSamples([], [], 5)).toEqual([]);
  });

  it("refuses predictions of other images", () => {
    expect(() => chooseSamples([0, 1], [0], 1)).toThrow("2 labels, but 1 predictions");
  });
});
