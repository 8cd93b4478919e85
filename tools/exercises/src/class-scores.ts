import { formatCount, formatPercent, markdownTable } from "@nin/page";
import { at, FieldReader } from "@nin/spec";
import { NOT_RUN, type Results } from "./render.js";
import { panelsSvg } from "./score-panels.js";

const MAX_ITEMS = 10_000;
/** How many looks at the scores a table has at most: the first, the last, and evenly what is between. */
const LOOKS = 6;

/** The scores of one class over the images that `measure class-scores` looked at. */
interface ClassScores {
  readonly mean: number;
  /** The share of images whose score was exactly 0. */
  readonly zeroShare: number;
}

/** What `measure class-scores` saw of one seed. */
interface ScoredRun {
  readonly seed: number;
  readonly testAccuracy: number;
  readonly plateauSteps: number;
  /** The classes that no test image is predicted to be at the end. */
  readonly dead: readonly number[];
  /** In the order of the steps; the classes in the data set's order. */
  readonly looks: readonly { readonly step: number; readonly classes: readonly ClassScores[] }[];
}

interface ScoredRuns {
  readonly classNames: readonly string[];
  readonly runs: readonly ScoredRun[];
}

/** A table of the runs that `measure class-scores` made: a line for each seed. */
export function classScoresTable(file: string): (results: Results) => string {
  return (results) => {
    const found = read(results, file);
    if (found === undefined) return NOT_RUN;
    const names = (labels: readonly number[]): string =>
      labels.length === 0 ? "none" : labels.map((label) => at(found.classNames, label)).join(", ");
    const lines = found.runs.map(({ seed, plateauSteps, dead, looks, testAccuracy }) => [
      String(seed),
      formatCount(plateauSteps),
      names(atZero(looks.at(-1)?.classes ?? [])),
      names(dead),
      formatPercent(testAccuracy),
    ]);
    const head = [
      { title: "Seed", align: "right" },
      { title: "Steps at ln 10", align: "right" },
      { title: "Score 0 for all images" },
      { title: "Never predicted" },
      { title: "Test accuracy", align: "right" },
    ] as const;
    return markdownTable(head, lines);
  };
}

/** How the scores of each class went in one seed's run: their mean, and the share of images whose score was exactly 0. */
export function scoresTable(file: string, seed: number): (results: Results) => string {
  return (results) => {
    const found = read(results, file);
    if (found === undefined) return NOT_RUN;
    const run = runOf(found, seed);
    const shown = evenly(run.looks, LOOKS);
    const head = [
      { title: "Class" },
      ...shown.map(({ step }) => ({ title: `Step ${formatCount(step)}`, align: "right" as const })),
      { title: "Predicted at the end" },
    ];
    const lines = found.classNames.map((name, label) => [
      name,
      ...shown.map(({ classes }) => {
        const { mean, zeroShare } = at(classes, label);
        return `${mean.toFixed(2)} (${formatPercent(zeroShare, 0)})`;
      }),
      run.dead.includes(label) ? "never" : "yes",
    ]);
    return markdownTable(head, lines);
  };
}

/** The same as a chart: a panel for each class. */
export function scoresChart(file: string, seed: number): (results: Results) => string | undefined {
  return (results) => {
    const found = read(results, file);
    if (found === undefined) return undefined;
    const { looks, dead } = runOf(found, seed);
    return panelsSvg({
      title: `Scores of each class over the steps, seed ${seed}`,
      legend:
        "Line: mean score. Area: share of images whose score is exactly 0, up to 100%. Lost: never predicted at the end.",
      panels: found.classNames.map((name, label) => ({
        title: dead.includes(label) ? `${name}: lost` : name,
        points: looks.map(({ step, classes }) => {
          const { mean, zeroShare } = at(classes, label);
          return { x: step, value: mean, share: zeroShare };
        }),
      })),
    });
  };
}

/** A table of what `measure untrained-scores` found: medians over the seeds, a line for each recipe. */
export function untrainedScoresTable(file: string): (results: Results) => string {
  return (results) => {
    const json = results.file(file);
    if (json === undefined) return NOT_RUN;
    const lines = new FieldReader(json, file).list("results", MAX_ITEMS, (result) => {
      const median = (key: string): number => Number(result.object(key).raw("median"));
      return [
        result.string("recipe"),
        median("deviation").toPrecision(2),
        median("firstGradient").toPrecision(2),
        formatCount(median("zeroClasses")),
      ];
    });
    const head = [
      { title: "Recipe" },
      { title: "Deviation of a score over the images", align: "right" },
      { title: "Gradient of the first layer's weights (L2)", align: "right" },
      { title: "Classes at 0 for all images", align: "right" },
    ] as const;
    return markdownTable(head, lines);
  };
}

function read(results: Results, file: string): ScoredRuns | undefined {
  const json = results.file(file);
  if (json === undefined) return undefined;
  const fields = new FieldReader(json, file);
  const number = (of: FieldReader, key: string): number => Number(of.raw(key));
  return {
    classNames: fields.array("classNames", MAX_ITEMS).map(String),
    runs: fields.list("runs", MAX_ITEMS, (run) => ({
      seed: number(run, "seed"),
      testAccuracy: Number(run.array("testAccuracy", MAX_ITEMS).at(-1)),
      plateauSteps: number(run, "plateauSteps"),
      dead: run.array("deadClasses", MAX_ITEMS).map(Number),
      looks: run.list("probes", MAX_ITEMS, (probe) => ({
        step: number(probe, "step"),
        classes: probe.list("classes", MAX_ITEMS, (scores) => ({
          mean: number(scores, "mean"),
          zeroShare: number(scores, "zeroShare"),
        })),
      })),
    })),
  };
}

/** The classes whose score is 0 for every image. */
function atZero(classes: readonly ClassScores[]): readonly number[] {
  return classes.flatMap(({ zeroShare }, label) => (zeroShare === 1 ? [label] : []));
}

function runOf({ runs }: ScoredRuns, seed: number): ScoredRun {
  const run = runs.find((candidate) => candidate.seed === seed);
  if (run === undefined) throw new Error(`expected scores of seed ${seed}, found none`);
  return run;
}

/** At most so many of the items: the first, the last, and evenly what is between. */
function evenly<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, index) =>
    at(items, Math.round((index * (items.length - 1)) / (count - 1))),
  );
}
