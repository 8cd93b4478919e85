import { useMemo } from "preact/hooks";
import { type Line, LineChart } from "../charts/line-chart.js";
import { epochCurve, lossCurves } from "../charts/smooth.js";
import { compared } from "../state/compared.js";
import type { ShownRun } from "../state/playground.js";
import { run } from "../state/playground.js";
import { loss, percent } from "./format.js";

/** Colours of runs that are compared, which the style sheet has for light and dark. */
const RUN_COLORS = ["--series-2", "--series-3", "--series-4", "--series-5", "--series-6"];

/** The curves of the run on the page, and of those that it is compared with. */
export function Curves() {
  const own = run.value;
  const others = compared.value.filter(({ id }) => id !== own?.id);
  const lossLines = useMemo(
    () => [...others.flatMap(otherLoss), ...(own ? ownLoss(own) : [])],
    [own, others.length, compared.value],
  );
  const accuracyLines = useMemo(
    () => [...others.flatMap(otherAccuracy), ...(own ? ownAccuracy(own) : [])],
    [own, others.length, compared.value],
  );
  return (
    <div class="pg-curves">
      <figure class="pg-box">
        <figcaption>
          <h3>Loss</h3>
          <Legend lines={lossLines} />
        </figcaption>
        <LineChart label={`Loss by step. ${summary(lossLines, loss)}`} lines={lossLines} format={loss} />
      </figure>
      <figure class="pg-box">
        <figcaption>
          <h3>Accuracy</h3>
          <Legend lines={accuracyLines} />
        </figcaption>
        <LineChart
          label={`Accuracy by step. ${summary(accuracyLines, percent)}`}
          lines={accuracyLines}
          format={(value) => `${Math.round(100 * value)}%`}
          range={[0, 1]}
        />
      </figure>
    </div>
  );
}

function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul class="pg-legend">
      {lines
        .filter(({ opacity = 1 }) => opacity === 1)
        .map(({ label, color, isDashed = false }) => (
          <li key={label} class={isDashed ? "pg-dashed" : ""} style={{ "--series": `var(${color})` }}>
            {label}
          </li>
        ))}
    </ul>
  );
}

function ownLoss({ lines }: ShownRun): readonly Line[] {
  const { raw, mean } = lossCurves(lines);
  const validation = epochCurve(lines, "validationLoss");
  return [
    { label: "each batch", color: "--accent", points: raw, width: 1, opacity: 0.3 },
    { label: "training, smoothed", color: "--accent", points: mean, width: 2.5 },
    { label: "test", color: "--series-2", points: epochCurve(lines, "testLoss"), isMarked: true },
    ...(validation.length > 0
      ? [{ label: "validation", color: "--series-3", points: validation, isMarked: true, isDashed: true }]
      : []),
  ];
}

function ownAccuracy({ lines, probes }: ShownRun): readonly Line[] {
  const validation = epochCurve(lines, "validationAccuracy");
  return [
    {
      label: "first 500 test images",
      color: "--accent",
      points: probes.map(({ step, accuracy }) => ({ x: step, y: accuracy })),
    },
    {
      label: "all test images",
      color: "--series-2",
      points: epochCurve(lines, "testAccuracy"),
      isMarked: true,
    },
    ...(validation.length > 0
      ? [{ label: "validation", color: "--series-3", points: validation, isMarked: true, isDashed: true }]
      : []),
  ];
}

function otherLoss(other: ShownRun & { readonly name: string }, index: number): readonly Line[] {
  return [
    {
      label: other.name,
      color: colorOf(index),
      points: lossCurves(other.lines).mean,
      width: 1.5,
      isDashed: true,
    },
  ];
}

function otherAccuracy(other: ShownRun & { readonly name: string }, index: number): readonly Line[] {
  const points = [
    ...other.probes.map(({ step, accuracy }) => ({ x: step, y: accuracy })),
    ...epochCurve(other.lines, "testAccuracy"),
  ].toSorted((one, another) => one.x - another.x);
  return [{ label: other.name, color: colorOf(index), points: unique(points), width: 1.5, isDashed: true }];
}

function colorOf(index: number): string {
  return RUN_COLORS[(index + 2) % RUN_COLORS.length] ?? "--series-4";
}

function unique<P extends { readonly x: number }>(points: readonly P[]): readonly P[] {
  return points.filter(({ x }, index) => points[index + 1]?.x !== x);
}

/** The newest value of each line, for who cannot see them. */
function summary(lines: readonly Line[], format: (value: number) => string): string {
  const said = lines
    .filter(({ opacity = 1 }) => opacity === 1)
    .flatMap(({ label, points }) => {
      const last = points.at(-1);
      return last === undefined || last.y === null ? [] : [`${label}: ${format(last.y)} at step ${last.x}`];
    });
  return said.length === 0 ? "Nothing yet." : `${said.join("; ")}.`;
}
