import { type Chart, type ChartAxis, chartFigure, type Html, html, scatterChart } from "@nin/page";
import { groupText, type StudyGroup, variedSettings } from "../results/groups.js";
import type { StudyResults } from "../results/results.js";

interface Against {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly value: (group: StudyGroup) => number | null;
}

const AGAINST: readonly Against[] = [
  {
    id: "accuracy-parameters",
    title: "Accuracy against parameters",
    label: "Parameters",
    value: ({ parameters }) => parameters,
  },
  {
    id: "accuracy-macs",
    title: "Accuracy against computation",
    label: "Multiply-accumulates an image",
    value: ({ macs }) => macs,
  },
  {
    id: "accuracy-time",
    title: "Accuracy against time",
    label: "Time a run, in seconds",
    value: ({ elapsedMs }) => (elapsedMs === null ? null : elapsedMs.mean / 1000),
  },
];

/** Names that are longer, or more, would cover each other: numbers then stand for them. */
const LONGEST_NAME = 24;
const MOST_NAMES = 10;
/** Values that span more than this are on a logarithmic axis. */
const LINEAR_SPAN = 5;

/** Charts of the test accuracy against what it costs, a point for each group with a finished run; nothing without two. */
export function studyScatters(results: StudyResults, groups: readonly StudyGroup[]): Html | undefined {
  const rated = groups.filter(({ testAccuracy }) => testAccuracy !== null);
  if (rated.length < 2) return undefined;
  const varied = variedSettings(results).filter((name) => name !== "seed");
  const names = groups.map((group) => groupText(group, varied));
  const areNamed = groups.length <= MOST_NAMES && names.every(({ length }) => length <= LONGEST_NAME);
  const nameOf = (group: StudyGroup): string => {
    const index = groups.indexOf(group);
    return (areNamed ? names[index] : undefined) ?? `${index + 1}`;
  };
  const charts = AGAINST.flatMap((against) => chartOf(against, rated, nameOf) ?? []);
  const explained = areNamed ? "" : " Numbers are those of the results above.";
  return html`<section aria-labelledby="costs-heading">
<h2 id="costs-heading">Accuracy and cost</h2>
<p class="note">Each point is the mean over the seeds, the bar through it their lowest and highest.${explained}</p>
<div class="charts">
${charts.map((chart) => chartFigure(chart))}
</div>
</section>`;
}

/** Undefined where all groups have the same value: such a chart says nothing. */
function chartOf(
  { id, title, label, value }: Against,
  groups: readonly StudyGroup[],
  nameOf: (group: StudyGroup) => string,
): Chart | undefined {
  const points = groups.flatMap((group) => {
    const [x, { testAccuracy }] = [value(group), group];
    if (x === null || testAccuracy === null) return [];
    const { mean, min, max, count } = testAccuracy;
    const spread = [100 * min, 100 * max] as const;
    return [{ x, y: 100 * mean, label: nameOf(group), ...(count > 1 && { spread }) }];
  });
  const values = points.map(({ x }) => x);
  if (new Set(values).size < 2) return undefined;
  const isLogarithmic = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) > LINEAR_SPAN;
  const x: ChartAxis = { label, scale: isLogarithmic ? "log10" : "linear", format: "short" };
  const y: ChartAxis = { label: "Test accuracy (% of images)", scale: "linear", format: "percent" };
  return scatterChart({ ...{ id, title, x, y }, groups: [{ label: "Test accuracy", points }] });
}
