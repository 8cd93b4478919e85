import { ContestantProcess } from "./contestant-process.mjs";

/** Steps after the first that a contestant's speed is estimated from. */
const ESTIMATING_STEPS = 2;

/**
 * Runs all contestants in turn, a slice each, round by round; the order moves on by one each round,
 * so that no one always follows the same neighbour.
 *
 * @param options `onFailure(contestant, error)`, where it is given, is told of those that cannot run, and
 *   the others run without them; `warmUpSteps` more than the first, for a card
 * @returns for each contestant its `slices` ({ images, elapsedMs, cpuMs }), `peakRssBytes`,
 *   `startMs` (from the process's start to ready) and `firstStepMs`
 */
export async function runRounds(material, { batch, mode }, options) {
  const runners = [];
  try {
    for (const contestant of options.contestants) {
      const starting = start(contestant, material, mode, options);
      const runner = await orTold(starting, contestant, options);
      if (runner !== undefined) runners.push(runner);
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (let turn = 0; turn < runners.length; turn += 1) {
        await runSlice(runners[(round + turn) % runners.length], batch);
      }
    }
    for (const { process } of runners) await process.end();
    return runners.map(({ process: _, steps: __, ...result }) => result);
  } finally {
    for (const { process } of runners) process.kill();
  }
}

async function orTold(starting, contestant, { onFailure }) {
  try {
    return await starting;
  } catch (error) {
    if (onFailure === undefined) throw error;
    onFailure(contestant, error);
    return undefined;
  }
}

/** Starts and warms up; from then on every slice has as many steps as fit in its time. */
async function start(contestant, material, mode, options) {
  const begin = performance.now();
  const process = new ContestantProcess(contestant, contestant.spawn(material, mode, options));
  await process.greeting();
  const startMs = performance.now() - begin;
  const { elapsedMs: firstStepMs } = await process.slice(1);
  if (options.warmUpSteps !== undefined) await process.slice(options.warmUpSteps);
  const { elapsedMs } = await process.slice(ESTIMATING_STEPS);
  const steps = Math.max(1, Math.round((1000 * options.seconds * ESTIMATING_STEPS) / elapsedMs));
  return { id: contestant.id, process, steps, startMs, firstStepMs, slices: [], peakRssBytes: 0 };
}

async function runSlice(runner, batch) {
  const { elapsedMs, cpuMs, peakRssBytes } = await runner.process.slice(runner.steps);
  runner.slices.push({ images: runner.steps * batch, elapsedMs, cpuMs });
  runner.peakRssBytes = peakRssBytes;
}
