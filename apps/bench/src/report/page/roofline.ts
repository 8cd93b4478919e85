import { type Chart, chartFigure, type Html, html, limitLook, seriesLetter } from "@nin/page";
import { type BenchResult, type Ceiling, caseName } from "../../result/format.js";
import { scaled } from "../figures.js";

interface Point {
  readonly name: string;
  /** Units: FLOP/byte. */
  readonly intensity: number;
  readonly flopsPerSecond: number;
  /** Whether it is a layer's, and not a whole network's. */
  readonly isLayer: boolean;
}

/** For each hardware, how near the implementations on it came to its ceilings. */
export function rooflineSection(result: BenchResult): Html | undefined {
  const blocks = result.ceilings.flatMap((ceiling, index) => {
    const points = pointsOn(ceiling.hardware, result);
    return points.length === 0 ? [] : [block(ceiling, points, index)];
  });
  if (blocks.length === 0) return undefined;
  return html`<section aria-labelledby="roofline">
<h2 id="roofline">Roofline</h2>
<p class="note">The line shows what the hardware can do at most, limited by memory where it rises and by arithmetic where it is flat, both as
measured here. A circle is the work of a whole network, a square that of one layer, by its operations per byte that memory must move and its operations per
second. Points above the line come from algorithms that need fewer operations, such as Winograd convolutions, or from data that stays in caches.</p>
<div class="stack">${blocks}</div>
</section>`;
}

function pointsOn(hardware: string, { cases, layers, implementations }: BenchResult): readonly Point[] {
  const here = implementations
    .filter((implementation) => implementation.hardware === hardware)
    .map(({ id }) => id);
  const networks = cases.flatMap((of) =>
    of.entries.flatMap(({ implementation, measured }): readonly Point[] =>
      measured === undefined || !here.includes(implementation)
        ? []
        : [
            {
              name: `${implementation}: ${caseName(of)}`,
              intensity: of.flopsPerImage / of.bytesPerImage,
              flopsPerSecond: measured.flopsPerSecond,
              isLayer: false,
            },
          ],
    ),
  );
  const parts = layers.flatMap(({ implementation, model, rows }) =>
    rows.flatMap(({ name, kind, flops, bytes, elapsedMs }): readonly Point[] =>
      flops === 0 || elapsedMs.median <= 0 || !here.includes(implementation)
        ? []
        : [
            {
              name: `${implementation}: ${model}, ${name} ${kind}`,
              intensity: flops / bytes,
              flopsPerSecond: (1000 * flops) / elapsedMs.median,
              isLayer: true,
            },
          ],
    ),
  );
  return [...networks, ...parts];
}

function block(ceiling: Ceiling, points: readonly Point[], index: number): Html {
  const { hardware, flopsPerSecond, bytesPerSecond, method } = ceiling;
  return html`<div>
${chartFigure(chartOf(ceiling, points, index))}
<p class="hint">${hardware}: ${scaled(flopsPerSecond.p95)}FLOP/s, ${scaled(bytesPerSecond.p95)}B/s (${method}).</p>
<ul class="letters">${points.map(({ name }, at) => html`<li><b>${seriesLetter(at)}</b>${name}</li>`)}</ul>
</div>`;
}

function chartOf(
  { hardware, flopsPerSecond, bytesPerSecond }: Ceiling,
  points: readonly Point[],
  index: number,
): Chart {
  const [flops, bytes] = [flopsPerSecond.p95, bytesPerSecond.p95];
  const ridge = flops / bytes;
  const lowest = Math.min(ridge / 10, ...points.map(({ intensity }) => intensity));
  const highest = Math.max(ridge * 10, ...points.map(({ intensity }) => intensity));
  return {
    id: `roofline-${index}`,
    title: hardware,
    x: { label: "FLOP per byte", scale: "log10", format: "short" },
    y: { label: "FLOP/s", scale: "log10", format: "short" },
    series: [
      {
        label: "limit",
        look: limitLook,
        x: [lowest, ridge, highest],
        y: [lowest * bytes, flops, flops],
      },
    ],
    marks: points.map(({ intensity, flopsPerSecond: y, isLayer }, at) => ({
      x: intensity,
      y,
      text: seriesLetter(at),
      shape: isLayer ? "square" : "circle",
    })),
  };
}
