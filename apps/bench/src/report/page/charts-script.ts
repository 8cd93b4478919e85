/**
 * What draws the charts in the browser, beside uPlot: reads the JSON (`Chart`) beside each `.chart`, and draws
 * it there, as wide as that is, in the colours of the page's style. A plain script: it is put into the
 * page as it stands.
 */
export const chartsScript = `(() => {
  "use strict";
  const HEIGHT = 320;
  const FONT = "12px system-ui, sans-serif";
  const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [14, 4], [2, 6], [8, 3, 2, 3, 2, 3]];
  const root = document.documentElement;
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const hosts = [...document.querySelectorAll(".chart")];
  const charts = hosts.map((host) => JSON.parse(document.getElementById(host.id + "-data").textContent));
  let plots = [];

  const strokeOf = (style) => colour(style < 0 ? "--text" : "--series-" + (style % DASHES.length));

  const short = (value) => {
    if (value == null) return "";
    const size = Math.abs(value);
    const units = ["", "k", "M", "G", "T", "P"];
    const power = size < 1000 ? 0 : Math.min(5, Math.floor(Math.log10(size) / 3));
    return String(Number((value / 1000 ** power).toPrecision(3))) + units[power];
  };

  // Logarithmic ticks count on from the axis's beginning: 1, 2 or 5 of a decade.
  const below = (value) => {
    const decade = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].find((step) => step * decade <= value) * decade;
  };

  const scaleOf = (scale, values) => {
    if (scale === "linear") return {};
    const low = Math.min(...values);
    const high = Math.max(...values);
    const range = scale === "log2" ? [low / 1.25, high * 1.5] : [below(low / 1.1), high * 2.5];
    return { distr: 3, log: scale === "log2" ? 2 : 10, range: () => range };
  };

  const axis = (label, more) => ({
    label,
    font: FONT,
    labelFont: FONT,
    labelSize: 22,
    stroke: colour("--muted"),
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { stroke: colour("--grid"), width: 1, size: 5 },
    values: (plot, ticks) => ticks.map(short),
    ...more,
  });

  const seriesOptions = ({ label, style, line, points }) => ({
    label,
    stroke: strokeOf(style),
    width: line ? (style < 0 ? 1.5 : 2) : 0,
    dash: style < 0 ? [] : DASHES[style % DASHES.length],
    spanGaps: true,
    points: { show: points, size: 7, stroke: strokeOf(style), fill: colour("--surface"), width: 2 },
    value: (plot, value) => (value == null ? "\\u2013" : short(value)),
  });

  // Several may be at the same x, which a series of uPlot cannot have.
  const drawShape = (ctx, shape, left, top) => {
    const half = 4 * devicePixelRatio;
    ctx.beginPath();
    if (shape === "circle") ctx.arc(left, top, half, 0, 2 * Math.PI);
    else ctx.rect(left - half, top - half, 2 * half, 2 * half);
    ctx.strokeStyle = colour(shape === "circle" ? "--series-0" : "--series-1");
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.stroke();
  };

  const drawMarks = (marks) => (plot) => {
    const { ctx } = plot;
    ctx.save();
    ctx.font = devicePixelRatio * 12 + "px system-ui, sans-serif";
    ctx.fillStyle = colour("--text");
    ctx.textBaseline = "bottom";
    const placed = [];
    for (const { x, y, shape } of marks) if (shape) drawShape(ctx, shape, plot.valToPos(x, "x", true), plot.valToPos(y, "y", true));
    for (const { x, y, text, shape } of marks) {
      const left = plot.valToPos(x, "x", true) + (shape ? 8 : 6) * devicePixelRatio;
      let top = plot.valToPos(y, "y", true) - 3 * devicePixelRatio;
      const height = 13 * devicePixelRatio;
      while (placed.some((at) => Math.abs(at.left - left) < 18 * devicePixelRatio && Math.abs(at.top - top) < height)) top += height;
      placed.push({ left, top });
      ctx.fillText(text, left, top);
    }
    ctx.restore();
  };

  const options = (chart, width) => {
    const xs = [...chart.series.flatMap(({ x }) => x), ...chart.marks.map(({ x }) => x)];
    const ys = [...chart.series.flatMap(({ y }) => y), ...chart.marks.map(({ y }) => y)].filter((value) => value !== null && value > 0);
    const batches = chart.xScale === "log2" ? { splits: () => [...new Set(xs)].sort((a, b) => a - b), filter: (plot, ticks) => ticks } : {};
    return {
      width,
      height: HEIGHT,
      padding: [16, 28, 0, 0],
      cursor: { y: false, points: { size: 8 } },
      scales: { x: { time: false, ...scaleOf(chart.xScale, xs) }, y: scaleOf(chart.yScale, ys) },
      axes: [axis(chart.xLabel, { size: 34, ...batches }), axis(chart.yLabel, { size: 52 })],
      series: [{ label: chart.xLabel, value: (plot, value) => short(value) || "\\u2013" }, ...chart.series.map(seriesOptions)],
      hooks: { draw: [drawMarks(chart.marks)] },
    };
  };

  const draw = () => {
    for (const plot of plots) plot.destroy();
    plots = charts.map((chart, index) => {
      const data = uPlot.join(chart.series.map(({ x, y }) => [x, y]));
      return new uPlot(options(chart, hosts[index].clientWidth), data, hosts[index]);
    });
  };

  const fit = () => {
    hosts.forEach((host, index) => {
      const width = host.clientWidth;
      if (width > 0 && width !== plots[index].width) plots[index].setSize({ width, height: HEIGHT });
    });
  };

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
