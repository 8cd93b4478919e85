import { ContestantProcess } from "./contestant-process.mjs";

/** Steps after the first that a contestant's speed is estimated from. */
const ESTIMATING_STEPS = 2;

/**
 * Runs all contestants in turn, a slice each, round by round; the order moves on by one each round,
 * so that no one always follows the same neighbour.
 *
 * @param options where given: `startTogether`, for machines with cores to spare: all start and do their
 *   first step at once; `warmUpSteps` after that; `answerSeconds`, in which each answer must come;
 *   `onFailure(contestant, error)` is told of those that fail, and the others go on without them;
 *   `onRound(results)` is told what there is after a round
 * @returns for each contestant its `slices` ({ images, elapsedMs, cpuMs }), `peakRssBytes`,
 *   `startMs` (from the process's start to ready) and `firstStepMs`
 */
export async function runRounds(material, { batch, mode }, options) {
  const processes = [];
  try {
    const started = await startAll(material, mode, { ...options, onProcess: (one) => processes.push(one) });
    let runners = await those(started, started, (runner) => warmUp(runner, options), options);
    for (let round = 0; round < options.rounds; round += 1) {
      const turns = runners.map((_, turn) => runners[(round + turn) % runners.length]);
      runners = await those(runners, turns, (runner) => runSlice(runner, batch), options);
      options.onRound?.(runners.map(resultOf));
    }
    // What was measured holds, however a process ends.
    await those(runners, runners, ({ process }) => process.end(), options);
    return runners.map(resultOf);
  } finally {
    for (const process of processes) process.kill();
  }
}

/** Does the work with each runner in turn. Returns the runners that did not fail. */
async function those(runners, turns, work, options) {
  const failed = new Set();
  for (const runner of turns) {
    try {
      await work(runner);
    } catch (error) {
      if (options.onFailure === undefined) throw error;
      runner.process.kill();
      failed.add(runner);
      options.onFailure(runner, error);
    }
  }
  return runners.filter((runner) => !failed.has(runner));
}

function resultOf({ process: _, steps: __, ...result }) {
  return result;
}

async function startAll(material, mode, options) {
  const startOf = (contestant) => orTold(start(contestant, material, mode, options), contestant, options);
  if (options.startTogether) return (await Promise.all(options.contestants.map(startOf))).flat();
  const runners = [];
  for (const contestant of options.contestants) runners.push(...(await startOf(contestant)));
  return runners;
}

async function orTold(starting, contestant, { onFailure }) {
  try {
    return [await starting];
  } catch (error) {
    if (onFailure === undefined) throw error;
    onFailure(contestant, error);
    return [];
  }
}

async function start(contestant, material, mode, options) {
  const begin = performance.now();
  const child = contestant.spawn(material, mode, options);
  const process = new ContestantProcess(contestant, child, { limitSeconds: options.answerSeconds });
  options.onProcess(process);
  await process.greeting();
  const startMs = performance.now() - begin;
  const { elapsedMs: firstStepMs } = await process.slice(1);
  return { id: contestant.id, process, startMs, firstStepMs, slices: [], peakRssBytes: 0 };
}

/** From then on every slice has as many steps as fit in its time. */
async function warmUp(runner, { warmUpSteps, seconds }) {
  if (warmUpSteps !== undefined) await runner.process.slice(warmUpSteps);
  const { elapsedMs } = await runner.process.slice(ESTIMATING_STEPS);
  runner.steps = Math.max(1, Math.round((1000 * seconds * ESTIMATING_STEPS) / elapsedMs));
}

async function runSlice(runner, batch) {
  const { elapsedMs, cpuMs, peakRssBytes } = await runner.process.slice(runner.steps);
  runner.slices.push({ images: runner.steps * batch, elapsedMs, cpuMs });
  runner.peakRssBytes = peakRssBytes;
}
