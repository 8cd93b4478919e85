import { Candidate } from "./candidate.mjs";
import { differencesOf } from "./difference.mjs";
import { judgeSegment, lossFall, pooledSpread, worstOf } from "./judge.mjs";

/** The least part of its loss that a run must lose: on the plateau at ln 10 every program looks right. */
const LEAST_FALL = 0.1;

/** Runs that are wrong on purpose, in the first segment alone: a measure that lets them pass proves nothing. */
const SABOTAGES = {
  "another dropout mask": { seed: 1 },
  "a learning rate 5% too high": { learningRate: 1.05 },
};

/** Everything that is compared with the oracle, and the verdict. */
export async function measure(options, segments) {
  const candidate = await Candidate.open(options);
  try {
    const judged = [];
    for (const segment of segments) judged.push(await judgeOne(candidate, segment));
    const wholeRun = await judgeWholeRun(candidate, segments, options);
    const controls = await judgeControls(candidate, segments[0], options.architecture);
    const worst = worstOf(judged.map((segment) => segment.worst));
    const passed = worst.ratio <= 1 && wholeRun.passed && controls.every(({ refused }) => refused);
    const pooled = judgePooled(judged, controls);
    return { passed, worst, pooled, wholeRun, controls, segments: judged };
  } finally {
    await candidate.close();
  }
}

async function judgeOne(candidate, segment, sabotage) {
  const before = await segment.stateBefore();
  const after = await segment.stateAfter();
  const expected = {
    losses: segment.losses,
    logits: segment.logits.flat(),
    parameters: after.parameters,
  };
  const actual = await candidate.run(before, segment.losses.length, sabotage);
  const differences = differencesOf(actual, expected, before.parameters);
  const judgements = judgeSegment(segment.first, differences, segment.spread);
  return {
    first: segment.first,
    steps: segment.losses.length,
    worst: worstOf(judgements),
    pytorchFloat32Worst: worstOf(judgeSegment(segment.first, segment.float32, segment.spread)),
    tooLongFor: judgements.filter(({ tooLong }) => tooLong).map(({ name }) => name),
    oracleLosses: segment.losses,
    losses: actual.losses,
    differences,
    spread: segment.spread,
    pytorchFloat32: segment.float32,
  };
}

/** The backend on its own from the initial weights on, never set right. */
async function judgeWholeRun(candidate, segments, { steps, segment, plateau }) {
  const { losses } = await candidate.run(await segments[0].stateBefore(), steps);
  const oracleLosses = segments.flatMap((one) => one.losses);
  const falls = { oracle: lossFall(oracleLosses, segment), backend: lossFall(losses, segment) };
  return {
    plateau,
    leastFall: plateau ? null : LEAST_FALL,
    falls,
    passed: plateau || Math.min(falls.oracle, falls.backend) >= LEAST_FALL,
    largestLossDifference: Math.max(...losses.map((loss, at) => Math.abs(loss / oracleLosses[at] - 1))),
    oracleLosses,
    losses,
  };
}

async function judgeControls(candidate, segment, architecture) {
  const drops = architecture.layers.some(({ kind, rate }) => kind === "dropout" && rate > 0);
  const controls = [];
  for (const [name, sabotage] of Object.entries(SABOTAGES)) {
    if ("seed" in sabotage && !drops) continue;
    const { worst, differences } = await judgeOne(candidate, segment, sabotage);
    controls.push({ name, ratio: worst.ratio, refused: worst.ratio > 1, differences });
  }
  return controls;
}

/** For comparison: all of it judged once more, by the spread of all segments together. */
function judgePooled(segments, controls) {
  const spread = pooledSpread(segments.map((segment) => segment.spread));
  const worstBy = (first, differences) => worstOf(judgeSegment(first, differences, spread));
  return {
    worst: worstOf(segments.map(({ first, differences }) => worstBy(first, differences))),
    pytorchFloat32Worst: worstOf(segments.map(({ first, pytorchFloat32 }) => worstBy(first, pytorchFloat32))),
    controls: controls.map(({ name, differences }) => ({ name, ratio: worstBy(0, differences).ratio })),
    spread,
  };
}
