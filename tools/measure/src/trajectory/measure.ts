import { type Architecture, at } from "@nin/spec";
import { Candidate, type CandidateOptions, type Sabotage } from "./candidate.js";
import { type Differences, differencesOf } from "./difference.js";
import { type Judgement, judgeSegment, lossFall, pooledSpread, worstOf } from "./judge.js";
import { type OracleOptions, type OracleSegment, withOracle } from "./oracle.js";

/** What is compared with the oracle. */
export interface TrajectoryOptions extends OracleOptions, CandidateOptions {
  /** Whether the run is known to stay on its plateau, so that its loss need not fall. */
  readonly plateau: boolean;
}

/** A segment of the backend's run, and how far it is from the oracle's. */
export interface JudgedSegment {
  readonly first: number;
  readonly steps: number;
  readonly worst: Judgement;
  readonly pytorchFloat32Worst: Judgement;
  /** The quantities whose spread is above a tenth of their ceiling. */
  readonly tooLongFor: readonly string[];
  readonly oracleLosses: readonly number[];
  readonly losses: readonly number[];
  readonly differences: Differences;
  readonly spread: OracleSegment["spread"];
  readonly pytorchFloat32: Differences;
}

/** A run that is wrong on purpose. */
interface Control {
  readonly name: string;
  readonly ratio: number;
  readonly refused: boolean;
  readonly differences: Differences;
}

/** The backend on its own from the initial weights on, never set right. */
interface WholeRun {
  readonly plateau: boolean;
  readonly leastFall: number | null;
  readonly falls: { readonly oracle: number; readonly backend: number };
  readonly passed: boolean;
  readonly largestLossDifference: number;
  readonly oracleLosses: readonly number[];
  readonly losses: readonly number[];
}

/** Everything that was compared, and the verdict. */
export interface TrajectoryResult {
  readonly passed: boolean;
  readonly worst: Judgement;
  /** All of it judged once more, by the spread of all segments together; the verdict does not rest on it. */
  readonly pooled: {
    readonly worst: Judgement;
    readonly pytorchFloat32Worst: Judgement;
    readonly controls: readonly { readonly name: string; readonly ratio: number }[];
    readonly spread: Differences;
  };
  readonly wholeRun: WholeRun;
  readonly controls: readonly Control[];
  readonly segments: readonly JudgedSegment[];
}

/** The least part of its loss that a run must lose: on the plateau at ln 10 every program looks right. */
const LEAST_FALL = 0.1;

/** Runs that are wrong on purpose, in the first segment alone: a measure that lets them pass proves nothing. */
const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  "another dropout mask": { seed: 1 },
  "a learning rate 5% too high": { learningRate: 1.05 },
};

/** Compares a backend's training with PyTorch's in float64, which is made first. */
export function measureTrajectory(
  options: TrajectoryOptions,
): Promise<TrajectoryResult & { perturbedRuns: number }> {
  return withOracle(options, async (segments) => {
    const candidate = await Candidate.open(options);
    try {
      const judged: JudgedSegment[] = [];
      for (const segment of segments) judged.push(await judgeOne(candidate, segment));
      const wholeRun = await judgeWholeRun(candidate, segments, options);
      const controls = await judgeControls(candidate, at(segments, 0), options.architecture);
      const worst = worstOf(judged.map((segment) => segment.worst));
      const passed = worst.ratio <= 1 && wholeRun.passed && controls.every(({ refused }) => refused);
      const pooled = judgePooled(judged, controls);
      const perturbedRuns = at(segments, 0).spread.runs;
      return { passed, worst, pooled, wholeRun, controls, segments: judged, perturbedRuns };
    } finally {
      await candidate.close();
    }
  });
}

async function judgeOne(
  candidate: Candidate,
  segment: OracleSegment,
  sabotage?: Sabotage,
): Promise<JudgedSegment> {
  const { first, spread, float32 } = segment;
  const before = await segment.stateBefore();
  const { parameters } = await segment.stateAfter();
  const actual = await candidate.run(before, segment.losses.length, sabotage);
  const expected = { losses: segment.losses, logits: segment.logits.flat(), parameters };
  const differences = differencesOf(actual, expected, before.parameters);
  const judgements = judgeSegment(first, differences, spread);
  return {
    first,
    steps: segment.losses.length,
    worst: worstOf(judgements),
    pytorchFloat32Worst: worstOf(judgeSegment(first, float32, spread)),
    tooLongFor: judgements.filter(({ tooLong }) => tooLong).map(({ name }) => name),
    oracleLosses: segment.losses,
    losses: actual.losses,
    differences,
    spread,
    pytorchFloat32: float32,
  };
}

async function judgeWholeRun(
  candidate: Candidate,
  segments: readonly OracleSegment[],
  { steps, segment, plateau }: TrajectoryOptions,
): Promise<WholeRun> {
  const { losses } = await candidate.run(await at(segments, 0).stateBefore(), steps);
  const oracleLosses = segments.flatMap((one) => one.losses);
  const falls = { oracle: lossFall(oracleLosses, segment), backend: lossFall(losses, segment) };
  return {
    plateau,
    leastFall: plateau ? null : LEAST_FALL,
    falls,
    passed: plateau || Math.min(falls.oracle, falls.backend) >= LEAST_FALL,
    largestLossDifference: Math.max(
      ...losses.map((loss, step) => Math.abs(loss / at(oracleLosses, step) - 1)),
    ),
    oracleLosses,
    losses,
  };
}

async function judgeControls(
  candidate: Candidate,
  segment: OracleSegment,
  { layers }: Architecture,
): Promise<readonly Control[]> {
  const drops = layers.some((layer) => layer.kind === "dropout" && layer.rate > 0);
  const controls: Control[] = [];
  for (const [name, sabotage] of Object.entries(SABOTAGES)) {
    if (sabotage.seed !== undefined && !drops) continue;
    const { worst, differences } = await judgeOne(candidate, segment, sabotage);
    controls.push({ name, ratio: worst.ratio, refused: worst.ratio > 1, differences });
  }
  return controls;
}

function judgePooled(
  segments: readonly JudgedSegment[],
  controls: readonly Control[],
): TrajectoryResult["pooled"] {
  const spread = pooledSpread(segments.map((segment) => segment.spread));
  const worstBy = (first: number, differences: Differences): Judgement =>
    worstOf(judgeSegment(first, differences, spread));
  return {
    worst: worstOf(segments.map(({ first, differences }) => worstBy(first, differences))),
    pytorchFloat32Worst: worstOf(segments.map(({ first, pytorchFloat32 }) => worstBy(first, pytorchFloat32))),
    controls: controls.map(({ name, differences }) => ({ name, ratio: worstBy(0, differences).ratio })),
    spread,
  };
}
