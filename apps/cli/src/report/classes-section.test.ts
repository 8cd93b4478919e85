import { describe, expect, it } from "vitest";
import { classesSection, confusionMatrix, recallTable } from "./classes-section.js";
import { readHistory } from "./run-history.js";
import { sampleConfusion, sampleEpoch } from "./testing/sample-run.js";

const CONFUSION = [
  [8, 2, 0],
  [0, 4, 0],
  [0, 0, 0],
];
const NAMES = ["a<b", "coat", ""];

describe("confusionMatrix", () => {
  const { text } = confusionMatrix(CONFUSION, NAMES);

  it("names rows and columns, escaped, and classes without a name by their number", () => {
    for (const name of ["a&lt;b", "coat", "class 2"]) {
      expect(text).toContain(`<th scope="row">${name}</th>`);
      expect(text).toContain(`<th scope="col"><span>${name}</span></th>`);
    }
  });

  it("shades a cell by the root of its share of the row, and not by colour alone", () => {
    expect(text).toContain(
      '<td class="hit" style="--share:0.89" title="a&lt;b classified as a&lt;b: 8 of 10 (80.0%)">8</td>' +
        '<td class="miss" style="--share:0.45" title="a&lt;b classified as coat: 2 of 10 (20.0%)">2</td>' +
        '<td class="none">0</td>',
    );
  });

  it("has all cells of the largest matrix, small", () => {
    const large = confusionMatrix(sampleConfusion(100, 40), []).text;
    expect(large.match(/<td class="(hit|miss|none)"/g)).toHaveLength(10_000);
    expect(large).toContain("confusion-small");
    expect(text).not.toContain("confusion-small");
  });
});

describe("recallTable", () => {
  it("shows recall, precision and the commonest mistake, the lowest recall first", () => {
    const { text } = recallTable(CONFUSION, NAMES);
    const rows = [...text.matchAll(/<tr><th scope="row">.*<\/tr>/g)].map(([row]) => cellsOf(row));
    expect(rows).toEqual([
      ["a&lt;b", "80.0%", "100.0%", "10", "coat (2)"],
      ["coat", "100.0%", "66.7%", "4", "\u2013"],
      ["class 2", "\u2013", "\u2013", "0", "\u2013"],
    ]);
  });

  it("collapses a long table", () => {
    expect(recallTable(sampleConfusion(20, 9), []).text).not.toContain("<details>");
    expect(recallTable(sampleConfusion(21, 9), []).text).toContain("<details><summary>21 classes</summary>");
  });
});

describe("classesSection", () => {
  it("says why there is no matrix", () => {
    const evaluated = readHistory([{ ...sampleEpoch(1), confusion: null }]);
    expect(classesSection(evaluated, new Array(101).fill("x")).text).toContain("the data set has 101");
    expect(classesSection(readHistory([]), NAMES).text).toContain("The test set was not evaluated.");
  });
});

function cellsOf(row: string): string[] {
  return [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) =>
    (cell ?? "").replace(/<[^>]*>/g, ""),
  );
}
