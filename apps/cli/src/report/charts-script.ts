/**
 * What draws the charts in the browser, beside uPlot: reads the JSON of `curves` (`CurveData`), and
 * draws each chart into the element of its id, as wide as that is, in the colours of the page's style.
 * A plain script: it is put into the page as it stands.
 */
export const chartsScript = `(() => {
  "use strict";
  const HEIGHT = 300;
  const FONT = "12px system-ui, sans-serif";
  const { lastStep, charts } = JSON.parse(document.getElementById("curves").textContent);
  const root = document.documentElement;
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const host = (chart) => document.getElementById(chart.id);
  let plots = [];

  const lines = {
    step: { width: 1, points: { size: 5 } },
    train: { width: 2, points: { show: true, size: 7 } },
    test: { width: 2, dash: [6, 4], points: { show: true, size: 8, width: 2 } },
  };

  const shown = {
    loss: (value) => (value !== 0 && (value < 1e-3 || value >= 1e5) ? value.toExponential(2) : value.toPrecision(4)),
    percent: (value) => value.toFixed(2) + "%",
  };

  // Hollow points tell the test's line apart without colour.
  const fillOf = (style) => colour(style === "test" ? "--surface" : "--line-" + style);

  const seriesOptions = (unit) => ({ label, style }) => {
    const stroke = colour("--line-" + style);
    const { points, ...line } = lines[style];
    return {
      label,
      stroke,
      ...line,
      points: { ...points, stroke, fill: fillOf(style) },
      value: (plot, value) => (value == null ? "\\u2013" : shown[unit](value)),
    };
  };

  // Zooming gives other limits than the data's; those are kept as they are.
  const xRange = (plot, min, max) => {
    const steps = plot.data[0];
    const whole = min <= steps[0] && max >= steps[steps.length - 1];
    return min == null || whole ? [0, lastStep] : [min, max];
  };

  const percentRange = (plot, min, max) => {
    if (min == null) return [0, 100];
    const room = Math.max((max - min) * 0.15, 2);
    return [Math.max(min - room, 0), Math.min(max + room, 100)];
  };

  const yScale = ({ unit, scale }) => {
    if (unit === "percent") return { range: percentRange };
    return scale === "log" ? { distr: 3 } : { range: { min: { pad: 0.05, soft: 0, mode: 3 }, max: { pad: 0.05 } } };
  };

  const axis = (label, more) => ({
    label,
    font: FONT,
    labelFont: FONT,
    labelSize: 22,
    stroke: colour("--muted"),
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { stroke: colour("--grid"), width: 1, size: 5 },
    ...more,
  });

  // On a logarithmic axis the ticks that get no label are null.
  const tickLabels = (plot, ticks) =>
    ticks.map((tick) => {
      if (tick == null) return "";
      const size = Math.abs(tick);
      return size !== 0 && (size < 1e-3 || size >= 1e4) ? tick.toExponential().replace("+", "") : String(tick);
    });

  const wholeSteps = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap((size) => [size, 2 * size, 5 * size]);

  const options = (chart, width) => ({
    width,
    height: HEIGHT,
    padding: [12, 24, 0, 0],
    cursor: {
      sync: { key: "steps", scales: ["x", null] },
      y: false,
      points: { size: 9, width: 0, fill: (plot, index) => colour("--line-" + chart.series[index - 1].style) },
    },
    scales: { x: { time: false, range: xRange }, y: yScale(chart) },
    legend: { markers: { fill: (plot, index) => (index === 0 ? "none" : fillOf(chart.series[index - 1].style)) } },
    axes: [axis("Training step", { incrs: wholeSteps, space: 56, size: 34 }), axis(chart.yLabel, { size: 50, values: tickLabels })],
    series: [
      { label: "Step", value: (plot, value) => (value == null ? "\\u2013" : String(value)) },
      ...chart.series.map(seriesOptions(chart.unit)),
    ],
  });

  const draw = () => {
    for (const plot of plots) plot.destroy();
    plots = charts.map((chart) => {
      const data = uPlot.join(chart.series.map(({ x, y }) => [x, y]));
      return new uPlot(options(chart, host(chart).clientWidth), data, host(chart));
    });
  };

  const fit = () => {
    charts.forEach((chart, index) => {
      const width = host(chart).clientWidth;
      if (width > 0 && width !== plots[index].width) plots[index].setSize({ width, height: HEIGHT });
    });
  };

  // On paper the light colours are used, and a width that a page holds: see the style sheet.
  const printing = (on) => () => {
    root.toggleAttribute("data-printing", on);
    draw();
  };

  draw();
  addEventListener("resize", fit);
  addEventListener("beforeprint", printing(true));
  addEventListener("afterprint", printing(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
`;
