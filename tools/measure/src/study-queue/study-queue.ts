import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { loadDataset } from "@nin/data/node";
import type { StudyResults, StudyRunResult } from "@nin/study";
import { planStudy, type StudyPlan } from "@nin/study/node";
import { runStudyOnQueue, type StudyJobData } from "@nin/study/queue";
import { type PostgresServer, startPostgres } from "@nin/test-support";
import { describeData } from "@nin/training/node";
import { Command } from "commander";
import { writeModel } from "../interruptions/training.js";
import { NIN, runNin } from "../support/child-process.js";
import { randomFrom } from "../support/numbers.js";
import { outOption, positiveInteger, seedOption } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { TINY_DATA, tinyPlan, tinyScore } from "./tiny-training.js";
import { type Frozen, Workers } from "./workers.js";

interface Options {
  readonly runs: number;
  readonly workers: number;
  readonly kills: number;
  readonly seed: number;
  readonly out?: string;
}

/** What one study on a queue came to. */
interface Outcome {
  readonly runs: number;
  readonly finished: number;
  /** Runs whose stored result is not the one that they should have. */
  readonly wrong: number;
  /** Rows of results in the database. */
  readonly stored: number;
  /** Runs of which two workers believed that they completed them. */
  readonly completedTwice: number;
  /** How often runs were begun or continued. */
  readonly attempts: number;
  readonly elapsedMs: number;
}

/** What a worker that is taken for dead may take to be noticed at least. Units: seconds. */
const HEARTBEAT_SECONDS = 10;
/** For another worker to take the run of one that was stopped: a restarted database gives workers more time. Units: milliseconds. */
const LONGEST_TAKE_MS = 120_000;
const TINY_WORKER = fileURLToPath(new URL("tiny-worker.js", import.meta.url));

export function studyQueueCommand(): Command {
  return new Command("study-queue")
    .description(
      "whether every run of a study on a queue is done once, whatever happens to workers and database",
    )
    .option("--runs <n>", "number of tiny runs", positiveInteger, 1000)
    .option("--workers <n>", "number of worker processes", positiveInteger, 4)
    .option("--kills <n>", "number of workers that are killed at random moments", positiveInteger, 20)
    .addOption(seedOption())
    .addOption(outOption())
    .action(async (options: Options) => {
      const work = await mkdtemp(join(tmpdir(), "nin-study-queue-"));
      const server = await startPostgres({ isDurable: true });
      try {
        await measure(work, server, options);
      } finally {
        await server.dispose();
        await rm(work, { recursive: true, force: true });
      }
    });
}

async function measure(work: string, server: PostgresServer, options: Options): Promise<void> {
  const { seed, out } = options;
  const calm = await measureCalm(work, server, options);
  console.log(`calm: ${JSON.stringify(calm)}`);
  const disturbed = await measureDisturbed(work, server, options);
  console.log(`disturbed: ${JSON.stringify(disturbed)}`);
  const trainings = await measureTrainings(work, server, options);
  console.log(`trainings: ${JSON.stringify(trainings)}`);
  const isOnce = [calm, disturbed].every(
    ({ runs, finished, wrong, stored, completedTwice }) =>
      finished === runs && stored === runs && wrong === 0 && completedTwice === 0,
  );
  const isSame = trainings.differences.length === 0 && trainings.completedTwice === 0;
  const passed = isOnce && isSame && disturbed.frozenLost && trainings.frozenLost;
  if (out !== undefined)
    await writeResult(out, { passed, seed, environment: await environment(), calm, disturbed, trainings });
  if (!passed) process.exitCode = 1;
}

/** Nothing goes wrong: what does a run cost that is over at once? */
async function measureCalm(work: string, server: PostgresServer, { runs, workers: count }: Options) {
  const plan = await tinyPlan("calm", runs);
  const workers = new Workers((name) => [TINY_WORKER, server.url(), name, "0"]);
  for (let index = 0; index < count; index += 1) workers.start();
  while (workers.of("ready").length < count) await delay(50);
  const before = process.cpuUsage();
  const outcome = await runTiny(plan, join(work, "calm"), server, workers, async () => {});
  const { user, system } = process.cpuUsage(before);
  const trainedMs = workers.of("trained").reduce((sum, { ms = 0 }) => sum + ms, 0);
  return {
    ...outcome,
    workers: count,
    /** Of a worker's time, for each run, what was not the training's: taking the job, storing the result, both sides waiting. */
    overheadMs: round((outcome.elapsedMs * count - trainedMs) / runs),
    trainingMs: round(trainedMs / runs),
    /** The processor's time for each run, with the training's: of the worker, start and end included, and of the one who waits. */
    workerProcessorMs: round(workers.of("processor").reduce((sum, { ms = 0 }) => sum + ms, 0) / runs),
    collectorProcessorMs: round((user + system) / 1000 / runs),
  };
}

/** Workers are killed, the database is restarted, and a worker is stopped for longer than its lease lasts. */
async function measureDisturbed(work: string, server: PostgresServer, options: Options) {
  const { runs, workers: count, kills, seed } = options;
  const random = randomFrom(seed);
  const plan = await tinyPlan("disturbed", runs);
  const shared = join(work, "shared");
  const workers = new Workers((name) => [TINY_WORKER, server.url(), name, "150", shared]);
  for (let index = 0; index < count; index += 1) workers.start();
  const restarts: string[] = [];
  let frozen: Frozen | undefined;
  let frozenMs = 0;
  const outcome = await runTiny(plan, join(work, "disturbed"), server, workers, async () => {
    await delay(2000);
    frozen = await workers.freeze();
    const frozenAt = performance.now();
    for (let kill = 1; kill <= kills; kill += 1) {
      await delay(500 + 2000 * random());
      workers.replace(random);
      const how = kill === Math.floor(kills / 3) ? "fast" : "immediate";
      if (kill !== Math.floor(kills / 3) && kill !== Math.floor((2 * kills) / 3)) continue;
      restarts.push(how);
      await server.stop(how);
      await delay(1000 + 2000 * random());
      await server.start();
    }
    await untilTaken(frozen, workers);
    frozenMs = Math.round(performance.now() - frozenAt);
    frozen.thaw();
    await delay(5000);
  });
  const frozenLines = workers.lines.filter(
    ({ worker, run }) => worker === frozen?.name && run === frozen?.run,
  );
  return {
    ...outcome,
    ...{ kills, restarts, frozenMs, workersStarted: workers.count, errors: workers.errors },
    /** The worker that was stopped and went on found that its run was another's. */
    frozenLost: frozenLines.some(({ kind }) => kind === "lost"),
  };
}

async function runTiny(
  plan: StudyPlan,
  folder: string,
  server: PostgresServer,
  workers: Workers,
  disturb: () => Promise<void>,
): Promise<Outcome> {
  const study = plan.study.name;
  const startedAt = performance.now();
  const describe = async (): Promise<StudyJobData> => TINY_DATA;
  const options = {
    plan,
    folder,
    queue: server.url(),
    describeData: describe,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  const running = runStudyOnQueue({ ...options, onNote: (line) => console.log(line) });
  await disturb();
  const results = await running;
  const elapsedMs = performance.now() - startedAt;
  await workers.stop();
  const rows = await server.query(`SELECT run FROM nin_study.result WHERE study = '${study}'`);
  const ended = workers.of("ended").map(({ run }) => run);
  const scores = new Map(plan.runs.map((run) => [run.id, tinyScore(run)]));
  return {
    runs: plan.runs.length,
    finished: results.runs.filter(({ status }) => status === "finished").length,
    wrong: results.runs.filter(({ id, testAccuracy }) => testAccuracy !== scores.get(id)).length,
    stored: rows.length,
    completedTwice: ended.length - new Set(ended).size,
    attempts: results.runs.reduce((sum, { attempts }) => sum + attempts, 0),
    elapsedMs: round(elapsedMs),
  };
}

/** Real trainings by the command's workers with a shared folder, some of which are killed and one stopped. */
async function measureTrainings(work: string, server: PostgresServer, { workers: count, seed }: Options) {
  const random = randomFrom(seed + 1);
  await writeModel(work);
  const study = {
    ...{ format: "nin-study", version: 1, name: "trainings" },
    base: {
      ...{ model: "./small.json", data: "synthetic", limit: 200, threads: 1 },
      ...{ "recipe.batchSize": 16, "recipe.epochs": 60 },
    },
    grid: { "recipe.validation": [null, { fraction: 0.2 }], seed: [0, 1, 2, 3] },
  };
  const file = join(work, "study.json");
  await writeFile(file, JSON.stringify(study));
  const plan = await planStudy(file);
  const shared = join(work, "trainings-runs");
  const worker = [NIN, "study", "worker", "--queue", server.url(), "--threads", "1", "--runs", shared];
  const workers = new Workers((name) => [...worker, "--name", name]);
  for (let index = 0; index < count; index += 1) workers.start();
  const data = await loadDataset("synthetic", { limit: 200 });
  const { train, test } = await describeData(data, "synthetic", 200);
  const describe = async (): Promise<StudyJobData> => ({ name: "synthetic", limit: 200, train, test });
  const folder = join(work, "trainings");
  const running = runStudyOnQueue({
    ...{ plan, folder, queue: server.url(), describeData: describe, heartbeatSeconds: HEARTBEAT_SECONDS },
    onEvent: (event) => {
      if (event.kind === "ended")
        console.log(`${event.run.id}: ${event.result.status} by ${event.result.worker}`);
    },
  });
  await delay(8000);
  const frozen = await workers.freeze();
  const kills = 4;
  for (let kill = 0; kill < kills; kill += 1) {
    await delay(2000 + 4000 * random());
    workers.replace(random);
  }
  await untilTaken(frozen, workers);
  frozen.thaw();
  const results = await running;
  await workers.stop();
  const alone = join(work, "alone");
  const status = await runNin(["study", "run", file, "--out", alone, "--threads", "1"]);
  const expected = JSON.parse(await readFile(join(alone, "results.json"), "utf8")) as StudyResults;
  const differences = expected.runs.flatMap((run, index) =>
    comparable(run) === comparable(results.runs[index]) ? [] : [run.id],
  );
  const attempts = results.runs.reduce((sum, each) => sum + each.attempts, 0);
  const ended = workers.of("ended").map(({ run }) => run);
  return {
    ...{ runs: plan.runs.length, kills, attempts, aloneStatus: status, differences },
    completedTwice: ended.length - new Set(ended).size,
    /** The worker that was stopped and went on found that its run was another's. */
    frozenLost: workers.errors.some((line) => line.includes("taken by another worker")),
    errors: workers.errors,
  };
}

async function untilTaken({ name, run }: Frozen, workers: Workers): Promise<void> {
  const giveUpAt = performance.now() + LONGEST_TAKE_MS;
  const isTaken = (): boolean =>
    workers.of("begun").filter((line) => line.run === run && line.worker !== name).length > 0;
  while (!isTaken() && performance.now() < giveUpAt) await delay(50);
}

/** A result without what depends on the clock, and on who had the run. */
function comparable(run: StudyRunResult | undefined): string {
  return JSON.stringify({ ...run, worker: null, attempts: 0, imagesPerSecond: 0, elapsedMs: 0 });
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
