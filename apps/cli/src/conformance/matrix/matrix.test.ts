import { reportOf } from "@nin/conformance";
import { describe, expect, it } from "vitest";
import { sampleFailure, sampleSavedRun } from "../testing/sample-run.js";
import { matrixMarkdown, withMatrix } from "./markdown.js";
import { isRunRow, matrixRows } from "./matrix.js";
import { matrixPage } from "./page.js";

const onGpu = sampleSavedRun();
const onCpu = sampleSavedRun({ device: "cpu", quick: false, report: reportOf([sampleFailure]) });

describe("the rows of the matrix", () => {
  it("are the devices of every backend in the given order, with their run or why there is none", () => {
    const rows = matrixRows([onGpu, sampleSavedRun({ backend: "own" })], ["slow", "fast"]);
    const said = rows.map((row) => [
      row.backend,
      row.device,
      isRunRow(row) ? row.run.report.passed : row.why,
    ]);
    const why = "not available: no driver <here>; install it";
    expect(said).toEqual([
      ["slow", "", "not run"],
      ["fast", "gpu", 3],
      ["fast", "npu", why],
      ["fast", "cpu", "not run"],
      ["own", "gpu", 3],
      ["own", "npu", why],
      ["own", "cpu", "not run"],
    ]);
  });

  it("are a row for each precision", () => {
    const mixed = sampleSavedRun({ precision: "mixed", report: reportOf([sampleFailure]) });
    const rows = matrixRows([mixed, onGpu]);
    const said = rows
      .filter(isRunRow)
      .map(({ device, precision, run }) => [device, precision, run.report.failed]);
    expect(said).toEqual([
      ["gpu", "f32", 0],
      ["gpu", "mixed", 1],
    ]);
    expect(matrixMarkdown(rows)).toMatch(/^\| level +\| +`fast` `gpu` \| +`fast` `gpu` mixed \|\n/);
    expect(matrixPage(rows, [])).toContain("fast <b>gpu mixed</b>");
    expect(() => matrixRows([mixed, mixed])).toThrow("got two of fast on gpu in mixed precision");
    const coarse = sampleSavedRun({ convolution: "fast" });
    const both = matrixRows([coarse, onGpu]);
    expect(matrixMarkdown(both)).toMatch(/^\| level +\| +`fast` `gpu` \| +`fast` `gpu` fast \|\n/);
    expect(matrixPage(both, [])).toContain("fast <b>gpu fast</b>");
    expect(() => matrixRows([coarse, coarse])).toThrow("got two of fast on gpu with fast convolutions");
  });

  it("are of no run of a part of the suite", () => {
    const part = sampleSavedRun({ filter: "forward/" });
    expect(() => matrixRows([part])).toThrow("got one of fast on gpu with --filter forward/");
  });

  it("have one run each", () => {
    expect(() => matrixRows([onGpu, onGpu])).toThrow(
      "expected one run of each device and precision, got two of fast on gpu",
    );
  });
});

describe("the matrix as Markdown", () => {
  it("has levels as rows, devices as columns, and says what is missing and what is expected to fail", () => {
    const lines = matrixMarkdown(matrixRows([onCpu, onGpu], ["slow"])).split("\n");
    expect(lines.slice(0, 5)).toEqual(
      [
        "| level           |               `fast` `gpu` |   `fast` `cpu` |",
        "| --------------- | -------------------------: | -------------: |",
        "| `shapes`        |                          2 |              – |",
        "| `parameters`    |                          – |              – |",
        "| `forward`       |     1, 1 expected to fail | **1 of 1 fail** |",
      ].map((line) => expect.stringMatching(pattern(line))),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^\| run +\| +quick, 1m 01s \| +full, 1m 01s \|$/));
    expect(lines).toContainEqual(expect.stringMatching(/^\| all +\| +3, 1 expected to fail, 1 skipped \| /));
    expect(new Set(lines.filter((line) => line.startsWith("|")).map(({ length }) => length)).size).toBe(1);
    expect(lines.slice(-4)).toEqual([
      "",
      "- `fast` `gpu`, 1 case expected to fail: the driver loses a digit",
      "- `slow`: not run.",
      "- `fast` `npu`: not available: no driver \\<here\\>; install it.",
    ]);
  });

  it("replaces what stands between the marks, and nothing else", () => {
    const document = "a\n<!-- conformance matrix: begin -->\nold\n<!-- conformance matrix: end -->\nb\n";
    const once = withMatrix(document, "| new |", "README.md");
    expect(once).toBe(
      "a\n<!-- conformance matrix: begin -->\n\n| new |\n\n<!-- conformance matrix: end -->\nb\n",
    );
    expect(withMatrix(once, "| new |", "README.md")).toBe(once);
    expect(() => withMatrix("nothing", "", "README.md")).toThrow("README.md: expected the lines <!-- conf");
  });
});

/** A line of a table, whatever the widths of its columns. */
function pattern(line: string): RegExp {
  const escaped = line.replace(/[|*.]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/ +/g, " +").replace(/-{3,}/g, "-+")}$`);
}
