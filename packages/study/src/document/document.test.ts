import { describe, expect, it } from "vitest";
import { settingColumn, shortNumber, studyColumns } from "../results/columns.js";
import { sampleResults, sampleRun } from "../testing/results.js";
import { seededResults } from "../testing/sample-groups.js";
import { accuracyChart, type StudyChart, studyChartSvg } from "./chart-svg.js";
import { placeLabels } from "./labels.js";
import { studyMarkdownTable } from "./markdown-table.js";
import { linearScale, logScale } from "./ticks.js";

describe("a table in Markdown", () => {
  it("has a line for each group, aligned, with the mean and the deviation", () => {
    const { runs, testAccuracy, testAccuracyRange, macs } = studyColumns;
    const model = settingColumn("model", {
      title: "Network",
      texts: { "nin-mnist": "two 1x1 convolutions" },
    });
    expect(studyMarkdownTable(seededResults(), [model, runs, testAccuracy, testAccuracyRange, macs])).toBe(
      [
        "| Network              |   Runs |  Test accuracy | Lowest to highest | MACs an image |",
        "| -------------------- | -----: | -------------: | ----------------: | ------------: |",
        "| nin-mnist?mlpConvs=0 |      3 | 89.00% ± 1.00% |  88.00% to 90.00% |        12.82M |",
        "| two 1x1 convolutions |      3 | 92.00% ± 1.00% |  91.00% to 93.00% |         50.7M |",
        "| vgg11                | 0 of 1 |              – |                 – |            7G |",
        "",
      ].join("\n"),
    );
  });

  it("has columns by default: what varies, and what was found", () => {
    const [head] = studyMarkdownTable(seededResults()).split("\n");
    expect(head?.split("|").map((cell) => cell.trim())).toEqual([
      ...["", "Model", "Runs", "Test accuracy", "Test loss", "Parameters", "MACs an image", "Images/s"],
      ...["Time a run", ""],
    ]);
  });

  it("shows text of others as it is", () => {
    const odd = sampleResults([sampleRun("1", { settings: { model: "a|b\n*c*" } }), sampleRun("2")]);
    expect(studyMarkdownTable(odd, [settingColumn("model")])).toContain("| a\\|b \\*c\\* |");
  });
});

describe("a chart", () => {
  const macs: StudyChart["x"] = { label: "MACs an image", scale: "log", value: (group) => group.macs };
  const svg = studyChartSvg(
    seededResults(),
    accuracyChart("Accuracy <and> cost", macs, { isConnected: true }),
  );

  it("has a named point for each group with a result, its spread, and colours for light and dark", () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 760 440"/);
    expect(svg.match(/<circle class="point"/g)).toHaveLength(2);
    expect(svg.match(/<line class="spread"/g)).toHaveLength(2);
    expect(svg).toContain(">nin-mnist?mlpConvs=0</text>");
    expect(svg).not.toContain("vgg11");
    expect(svg).toContain("@media (prefers-color-scheme: dark)");
    expect(svg).toContain('<title id="title">Accuracy &lt;and&gt; cost</title>');
    expect(svg).toContain('<polyline class="line"');
    expect(svg).toContain(">20M</text>");
    expect(svg).toContain(">90%</text>");
  });

  it("is the same for the same results, whatever their times", () => {
    const results = seededResults();
    const later = { ...results, runs: results.runs.map((run) => ({ ...run, elapsedMs: 5, attempts: 7 })) };
    expect(studyChartSvg(later, accuracyChart("Accuracy <and> cost", macs, { isConnected: true }))).toBe(svg);
  });

  it("says that there is nothing yet, and stands on one point", () => {
    const [first] = seededResults().runs.slice(0, 1);
    expect(studyChartSvg(sampleResults([]), accuracyChart("None", macs))).toContain(
      "No run has finished yet.",
    );
    const one = studyChartSvg(sampleResults(first === undefined ? [] : [first]), accuracyChart("One", macs));
    expect(one).toContain('<circle class="point"');
    expect(one).not.toContain("NaN");
  });
});

describe("an axis", () => {
  it("has round ticks within its values and a margin", () => {
    expect(linearScale([88, 93]).ticks).toEqual([88, 89, 90, 91, 92, 93]);
    expect(linearScale([0.1, 0.35]).ticks).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
    expect(linearScale([5]).ticks.length).toBeGreaterThan(1);
    const { place } = linearScale([0, 100]);
    expect([place(-8), place(50), place(108)]).toEqual([0, 0.5, 1]);
  });

  it("is logarithmic by powers of ten, or finer where it spans few", () => {
    expect(logScale([1e4, 1e8]).ticks).toEqual([1e4, 1e5, 1e6, 1e7, 1e8]);
    expect(logScale([1e6, 2e7]).ticks).toEqual([1e6, 2e6, 5e6, 1e7, 2e7]);
    expect(logScale([2e6, 4e6]).ticks).toEqual([2e6, 3e6, 4e6]);
    expect(logScale([1e4, 1e8]).place(1e6)).toBeCloseTo(0.5, 12);
  });

  it("writes numbers short", () => {
    expect([0, 0.05, 999, 1500, 20e6, 1.2345e9, 128_806_154].map(shortNumber)).toEqual([
      ...["0", "0.05", "999", "1.5k", "20M", "1.234G", "128.8M"],
    ]);
  });
});

it("labels of neighbours do not cover each other, nor leave the plot", () => {
  const plot = { left: 0, right: 400, top: 0, bottom: 300 };
  const points = [
    { x: 390, y: 150, text: "at the right edge" },
    { x: 100, y: 100, text: "one of two" },
    { x: 112, y: 102, text: "two of two" },
  ];
  const labels = placeLabels(points, plot);
  expect(labels[0]?.anchor).toBe("end");
  const boxes = labels.map(({ x, y, anchor }, index) => {
    const width = 7 * (points[index]?.text.length ?? 0);
    const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
    return { left, right: left + width, top: y - 11, bottom: y + 4 };
  });
  for (const [index, one] of boxes.entries()) {
    expect(one.left).toBeGreaterThanOrEqual(plot.left);
    expect(one.right).toBeLessThanOrEqual(plot.right);
    for (const other of boxes.slice(index + 1))
      expect(
        one.right <= other.left ||
          other.right <= one.left ||
          one.bottom <= other.top ||
          other.bottom <= one.top,
      ).toBe(true);
  }
});
