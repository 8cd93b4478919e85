import { describe, expect, it } from "vitest";
import { sampleCase, sampleEntry, sampleResult } from "../testing/sample-result.js";
import { csvOf } from "./csv.js";
import { memory, rate, scaled, share, time } from "./figures.js";
import { markdownOf } from "./markdown.js";

describe("figures have about three digits", () => {
  it.each([
    [scaled(12_345), "12.3 k"],
    [scaled(9.994e9), "9.99 G"],
    [scaled(999), "999"],
    [scaled(1e12), "1.00 T"],
    [rate(1234.5), "1235"],
    [rate(9.99), "9.99"],
    [rate(99.94), "99.9"],
    [memory(3 * 2 ** 29), "1.5 GiB"],
    [memory(2 ** 20), "1 MiB"],
    [time(8.123), "8.1 ms"],
    [time(1234), "1.23 s"],
    [time(12_345), "12 s"],
    [time(Number.NaN), "–"],
    [share(0.456), "46%"],
    [share(null), "–"],
  ])("%s", (actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe("CSV", () => {
  const lines = csvOf(sampleResult()).trimEnd().split("\n");

  it("has a line for each implementation in each case, and as many cells in each", () => {
    expect(lines).toHaveLength(1 + 4 + 3 + 3);
    expect(lines[1]).toMatch(/^nin-mnist,8,f32,train,fast:cpu,measured,100,/);
  });

  it("quotes what has a comma, and leaves out the time of what is wrong", () => {
    expect(lines[4]).toMatch(
      /^nin-mnist,8,f32,train,liar,wrong,{17}"scores differ by 1\.0e\+0, allowed 0\.0001"$/,
    );
  });
});

describe("text from files and devices", () => {
  const nasty = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\tx",
    "\r=1",
    'a "b", c',
    "two\r\nlines",
    "| `x` | <b> |",
  ];
  const entries = nasty.map((text, index) => ({
    implementation: `${text}${index}`,
    status: "wrong" as const,
    reason: text,
    versions: {},
    flags: [text],
    losses: [],
  }));
  const result = sampleResult([sampleCase(entries, { model: "=m|n" })]);

  it("is text in CSV: no formula, nothing lost, a line an implementation", () => {
    const [, ...rows] = cellsOf(csvOf(result));
    expect(rows).toHaveLength(nasty.length);
    for (const [index, row] of rows.entries()) {
      expect(row).toHaveLength(23);
      for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      expect([row[0], row.at(-1)?.replace(/^'/, "")]).toEqual(["'=m|n", nasty[index]]);
    }
  });

  it("leaves numbers below 0 numbers", () => {
    const entry = sampleEntry("a", [1, 2]);
    const { measured } = entry;
    if (measured === undefined) throw new Error("a measured entry without measurements");
    const csv = csvOf(sampleResult([sampleCase([{ ...entry, measured: { ...measured, coresUsed: -0.5 } }])]));
    expect(cellsOf(csv)[1]).toContain("-0.5");
  });

  it("adds no line, column or markup to Markdown", () => {
    const lines = markdownOf(result).split("\n");
    const table = lines.filter((line) => line.startsWith("| `"));
    expect(table).toHaveLength(1 + nasty.length + 3 + 1 + 1);
    for (const line of table.slice(0, nasty.length)) {
      expect(line.replace(/\\./g, "").split("|")).toHaveLength(9 + 2);
      // In code it is none.
      expect(line.replace(/(`+).*?(?<!`)\1(?!`)/g, "")).not.toMatch(/(?<!\\)</);
    }
    expect(lines).toContain("## =m\\|n, batch 8, train");
  });
});

/** Reads CSV as RFC 4180 has it. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n|$)/g)) {
    if (end === "" && plain === "" && quoted === undefined) break;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("Markdown", () => {
  const text = markdownOf(sampleResult());

  it("has ratios with their intervals, and no time for what is wrong", () => {
    expect(text).toContain("| `baseline` | 50.0 | 49.0 – 51.0 | 0.50 (0.49 – 0.50) |");
    expect(text).toContain("| `liar` | **wrong** | scores differ by 1.0e+0, allowed 0.0001 |");
  });

  it("compares nothing with itself, also where another checkout's builds were measured", () => {
    const entries = [sampleEntry("a", [20, 20]), sampleEntry("a@checkout", [10, 10])];
    const lines = markdownOf(sampleResult([sampleCase(entries)]));
    expect(lines).toContain("| `a` | 20.0 | 20.0 – 20.0 | 1 |");
    expect(lines).toContain("| `a@checkout` | 10.0 | 10.0 – 10.0 | 0.50 (0.50 – 0.50) |");
  });

  it("names the flags, the ceilings and what was not measured", () => {
    expect(text).toContain("`slow:cpu` (leaks: 90 MiB more after 40 steps)");
    expect(text).toContain("| `cpu` | 110 GFLOP/s | 10.0 GB/s | a product |");
    expect(text).toContain("- `fast:cuda`: there is no \\<GPU\\>");
  });
});
