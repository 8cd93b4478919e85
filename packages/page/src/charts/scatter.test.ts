import { describe, expect, it } from "vitest";
import { chartFigure } from "./figure.js";
import { type Scatter, scatterChart } from "./scatter.js";

const accuracies: Scatter = {
  id: "accuracies",
  title: "Accuracy against parameters",
  x: { label: "Parameters", scale: "log10", format: "short" },
  y: { label: "Test accuracy", scale: "linear", format: "percent" },
  groups: [
    {
      label: "NiN",
      isJoined: true,
      points: [
        { x: 2e6, y: 93, label: "nin-l" },
        { x: 5e4, y: 88, label: "nin-s", spread: [87.5, 88.25] },
      ],
    },
    { label: "AlexNet", points: [{ x: 46e6, y: 92, label: "alexnet" }] },
  ],
};

describe("a scatter chart", () => {
  it("has a shape for each group, a label for each point, and a line where one joins them", () => {
    const chart = scatterChart(accuracies);
    expect(chart.marks).toEqual([
      { x: 2e6, y: 93, text: "nin-l", shape: "circle" },
      { x: 5e4, y: 88, text: "nin-s", shape: "circle", spread: [87.5, 88.25] },
      { x: 46e6, y: 92, text: "alexnet", shape: "square" },
    ]);
    expect(chart.series).toMatchObject([
      { label: "NiN", look: { pointsOnly: false }, x: [5e4, 2e6], y: [88, 93] },
      { label: "AlexNet", look: { pointsOnly: true } },
    ]);
  });

  it("leaves room around points and bars, within 0 and 100%", () => {
    const { x, y } = scatterChart({ ...accuracies, x: { ...accuracies.x, scale: "linear" } });
    expect(x.range?.[0]).toBeLessThan(5e4);
    expect(x.range?.[1]).toBeGreaterThan(46e6);
    expect(y.range?.[0]).toBeLessThan(87.5);
    expect(y.range?.[1]).toBeGreaterThan(93);
    const points = [{ x: 1, y: 100, label: "all" }];
    expect(scatterChart({ ...accuracies, groups: [{ label: "one", points }] }).y.range).toEqual([85, 100]);
    expect(scatterChart({ ...accuracies, groups: [] }).series).toEqual([]);
  });

  it("keeps the first of points at the same x for the values under the mouse, and all of them in sight", () => {
    const points = [1, 2].map((y) => ({ x: 3, y, label: `${y}` }));
    const chart = scatterChart({ ...accuracies, groups: [{ label: "two", points }] });
    expect(chart.series[0]).toMatchObject({ x: [3], y: [1] });
    expect(chart.marks).toHaveLength(2);
  });

  it("describes every point, and says what its shapes stand for", () => {
    const { text } = chartFigure(scatterChart(accuracies));
    expect(text).toMatch(
      /<ul class="shapes"><li><svg[^>]*><path d="M-4 0a.*<\/svg>NiN<\/li><li>.*AlexNet<\/li><\/ul>/,
    );
    expect(text).toContain(
      'aria-label="Scatter chart: Accuracy against parameters. Test accuracy over Parameters. NiN: nin-l: 2M, 93.00%; ' +
        'nin-s: 50k, 88.00% (87.50% to 88.25%). AlexNet: alexnet: 46M, 92.00%."',
    );
  });

  it.each([
    [{ x: 0, y: 1 }, "the point p: x: expected a number above 0, as its axis is logarithmic, got 0"],
    [{ x: 1, y: Number.NaN }, "the point p: y: expected a finite number, got NaN"],
  ])("refuses %j", (point, message) => {
    const groups = [{ label: "g", points: [{ ...point, label: "p" }] }];
    expect(() => scatterChart({ ...accuracies, groups })).toThrow(message);
  });
});
