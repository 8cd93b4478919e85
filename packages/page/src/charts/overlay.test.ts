import { describe, expect, it } from "vitest";
import { chooserBox, lineSample, seriesChooser } from "./chooser.js";
import { lossAxis, type OverlaidRun, overlayCharts, type RunCurves } from "./overlay.js";
import { overlayFigures } from "./overlay-figures.js";

const NONE: RunCurves = {
  trainLoss: [],
  validationLoss: [],
  validationAccuracy: [],
  testLoss: [],
  testAccuracy: [],
};

function run(index: number, curves: Partial<RunCurves>, stepsPerEpoch = 10): OverlaidRun {
  return {
    key: `run-${index}`,
    label: `seed ${index}`,
    index,
    stepsPerEpoch,
    curves: { ...NONE, ...curves },
  };
}

const runs = [
  run(0, {
    trainLoss: [
      { x: 5, y: 2.25 },
      { x: 10, y: null },
    ],
    testAccuracy: [{ x: 10, y: 0.9 }],
  }),
  run(1, { trainLoss: [{ x: 10, y: 1.123456789 }] }),
];

describe("the curves of runs over each other", () => {
  it("are a chart of each kind that any run has, each line with its letter", () => {
    const charts = overlayCharts("o", runs, "shown");
    expect(charts.map(({ id, title }) => [id, title])).toEqual([
      ["o-trainLoss", "Training loss"],
      ["o-testAccuracy", "Test accuracy"],
    ]);
    expect(charts[0]).toMatchObject({
      chooser: "shown",
      x: { label: "Training step" },
      series: [
        { key: "run-0", label: "A seed 0", x: [5, 10], y: [2.25, null] },
        { key: "run-1", label: "B seed 1", x: [10], y: [1.12346] },
      ],
      marks: [
        { key: "run-0", x: 5, y: 2.25, text: "A" },
        { key: "run-1", x: 10, y: 1.12346, text: "B" },
      ],
    });
    expect(charts[1]).toMatchObject({ y: { format: "percent" }, series: [{ y: [90] }] });
  });

  it("are over epochs where the runs' epochs have different lengths", () => {
    const [chart] = overlayCharts("o", [...runs, run(2, { trainLoss: [{ x: 30, y: 1 }] }, 20)]);
    expect(chart?.x).toMatchObject({ label: "Epoch" });
    expect(chart?.series.map(({ x }) => x)).toEqual([[0.5, 1], [1], [1.5]]);
  });

  it("omit a run without values, and have none where no run has any", () => {
    const [chart] = overlayCharts("o", [run(0, { trainLoss: [{ x: 1, y: null }] }), ...runs.slice(1)]);
    expect(chart?.series).toHaveLength(1);
    expect(overlayCharts("o", [run(0, {})])).toEqual([]);
    expect(overlayFigures({ id: "o", runs: [] }).text).toContain("None of the runs has logged a loss yet.");
  });

  it("have a logarithmic axis where losses span decades", () => {
    expect(lossAxis([1, null, 900])).toMatchObject({ scale: "linear", label: "Loss (nats)" });
    expect(lossAxis([0.1, 900])).toMatchObject({ scale: "log10", label: "Loss (nats), log scale" });
    expect(lossAxis([0, 900])).toMatchObject({ scale: "linear" });
  });
});

describe("the check boxes", () => {
  it("choose all of few runs and the first of many, or those that are named", () => {
    const many = Array.from({ length: 10 }, (_, index) => run(index, { trainLoss: [{ x: 1, y: 1 }] }));
    const checked = (text: string): readonly string[] =>
      [...text.matchAll(/value="([^"]*)" checked/g)].map(([, key]) => key ?? "");
    expect(checked(overlayFigures({ id: "o", runs: many }).text)).toEqual(
      many.slice(0, 8).map(({ key }) => key),
    );
    expect(checked(overlayFigures({ id: "o", runs: many, chosen: ["run-9"] }).text)).toEqual(["run-9"]);
  });

  it("are disabled until the script is there, and name what they show", () => {
    const { text } = seriesChooser("o", "Runs <shown>", [{ key: 'a"', index: 1, label: "a < b" }]);
    expect(text).toContain("<legend>Runs &lt;shown&gt;</legend>");
    expect(text).toContain(
      '<input type="checkbox" autocomplete="off" disabled data-chooser="o" value="a&quot;">',
    );
    expect(text).toContain("<span>a &lt; b</span>");
    expect(text).not.toContain("data-choose-all");
    expect(chooserBox("o", { key: "a" }, "Curves of a").text).toContain('aria-label="Curves of a"');
    expect(lineSample(1).text).toContain("<b>B</b>");
  });
});
