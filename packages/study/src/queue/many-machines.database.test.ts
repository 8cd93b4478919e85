import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { realFileSystem } from "@nin/files";
import { at, present } from "@nin/spec";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { openRun, RunError, RunLock } from "@nin/training/node";
import { expect, it } from "vitest";
import { parseStudyResults, type StudyResults } from "../results/results.js";
import { runStudy } from "../run/run-study.js";
import { runStudyOnQueue } from "./run-on-queue.js";
import { StudyQueue } from "./study-queue.js";
import { FAKE_DATA, type FakeTraining, fakeMachine, fakePlan, fakeTrainer } from "./testing/fake-training.js";
import { useServer } from "./testing/server.js";
import { type WorkerEvent, type WorkerMachine, workOnQueue } from "./worker.js";

const { newDatabase, query, server } = useServer();
const describeData = async () => FAKE_DATA;

/** Some workers in this process, until they are stopped. */
function startWorkers(
  queue: string,
  names: readonly string[],
  machine: WorkerMachine = fakeMachine(),
  runs?: string,
): { readonly events: WorkerEvent[]; readonly stop: () => Promise<void>; readonly ended: Promise<unknown> } {
  const controller = new AbortController();
  const events: WorkerEvent[] = [];
  const onEvent = (event: WorkerEvent): void => void events.push(event);
  const { signal } = controller;
  const work = names.map((name) =>
    workOnQueue({ queue, name, machine, signal, onEvent, ...(runs !== undefined && { runs }) }),
  );
  const ended = Promise.all(work);
  // Those who wait for it see the error.
  ended.catch(() => {});
  return {
    events,
    ended,
    stop: async () => {
      controller.abort(new Error("stopped by the test"));
      await ended;
    },
  };
}

/** What a training waits for. */
function newGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Results without what depends on who had which run, and on the clock. */
function comparable({ runs, ...rest }: StudyResults): unknown {
  return { ...rest, runs: runs.map((run) => ({ ...run, worker: null, attempts: 0, elapsedMs: 0 })) };
}

it("runs of a study are done once each by several workers, and collected as on one machine", () =>
  inNewFolder(async (folder) => {
    const url = await newDatabase();
    const plan = await fakePlan("once each", 12);
    const trained: string[] = [];
    const workers = startWorkers(
      url,
      ["a", "b", "c"],
      fakeMachine({ stepMs: 5, onStep: ({ id }, step) => void (step === 1 && trained.push(id)) }),
    );
    const kinds: string[] = [];
    const results = await runStudyOnQueue({
      ...{ plan, folder: join(folder, "many"), queue: url, describeData },
      onEvent: ({ kind }) => void kinds.push(kind),
    });
    await workers.stop();
    const alone = await runStudy({ plan, folder: join(folder, "one"), train: fakeTrainer() });
    expect(comparable(results)).toEqual(comparable(alone));
    expect(trained.sort()).toEqual(plan.runs.map(({ id }) => id).sort());
    expect(new Set(results.runs.map(({ worker }) => worker))).toEqual(new Set(["a", "b", "c"]));
    expect(kinds.filter((kind) => kind === "ended")).toHaveLength(12);
    const text = await readFile(join(folder, "many", "results.json"), "utf8");
    expect(parseStudyResults(JSON.parse(text))).toEqual(results);
    // Its curves are there, and where its worker had its data is not.
    const { config, metrics } = await openRun(join(folder, "many", "runs", at(plan.runs, 3).id));
    expect(config.data.source).toBe("synthetic");
    expect((await metrics()).map(({ kind }) => kind)).toEqual(["step", "epoch"]);
    // Called again it has nothing to do, in another folder it collects, and nothing is trained twice.
    await runStudyOnQueue({ plan, folder: join(folder, "many"), queue: url, describeData });
    const again = await runStudyOnQueue({ plan, folder: join(folder, "again"), queue: url, describeData });
    expect(again).toEqual(results);
    expect(trained).toHaveLength(12);
    const [row] = await query(url, "SELECT count(*)::int AS jobs FROM nin_study_queue.job");
    expect(row).toEqual({ jobs: 12 });
  }));

it("one that is stopped gives its run back at once, and the one who waits can be stopped and called again", () =>
  inNewFolder(async (folder) => {
    const url = await newDatabase();
    const plan = await fakePlan("given back", 1);
    const options = { plan, folder: join(folder, "study"), queue: url, describeData };
    const controller = new AbortController();
    const slow = startWorkers(url, ["slow"], fakeMachine({ steps: 1000, stepMs: 50 }));
    const waiting = runStudyOnQueue({ ...options, signal: controller.signal });
    await expect
      .poll(() => slow.events.some(({ kind }) => kind === "metrics"), { timeout: 10_000 })
      .toBe(true);
    controller.abort(new Error("Ctrl-C"));
    expect(at((await waiting).runs, 0).status).not.toBe("finished");
    await slow.stop();
    expect(slow.events.at(-1)?.kind).toBe("given-back");
    const quick = startWorkers(url, ["quick"]);
    const { runs } = await runStudyOnQueue(options);
    await quick.stop();
    expect(at(runs, 0)).toMatchObject({ status: "finished", attempts: 2, worker: "quick" });
  }));

it("a worker that gave no sign of life cannot complete, nor write into, what another has taken", () =>
  inNewFolder(async (folder) => {
    const url = await newDatabase();
    const plan = await fakePlan("lost", 1);
    const gate = newGate();
    const stuck: FakeTraining = { onStep: (_run, step) => (step === 2 ? gate.opened : undefined) };
    const runs = join(folder, "runs");
    const first = startWorkers(url, ["stopped"], fakeMachine(stuck), runs);
    const waiting = runStudyOnQueue({ plan, folder: join(folder, "study"), queue: url, describeData });
    await expect
      .poll(() => first.events.some(({ kind }) => kind === "metrics"), { timeout: 10_000 })
      .toBe(true);
    // As if a minute had passed without a sign of life.
    await query(url, "UPDATE nin_study_queue.job SET heartbeat_on = now() - interval '1 minute'");
    const queue = await StudyQueue.open(url, () => {});
    await queue.supervise(0);
    await queue.close();
    const second = startWorkers(url, ["other"], takesOver(fakeMachine()), runs);
    const results = await waiting;
    gate.open();
    await expect.poll(() => first.events.at(-1)?.kind, { timeout: 10_000 }).toBe("lost");
    await first.stop();
    await second.stop();
    expect(at(results.runs, 0)).toMatchObject({ worker: "other", attempts: 2 });
    const rows = await query(url, "SELECT worker, attempts FROM nin_study.result");
    expect(rows).toEqual([{ worker: "other", attempts: 2 }]);
    const [run] = await namesBelow(runs);
    const { metrics } = await openRun(join(runs, present(run)));
    expect((await metrics()).map(({ kind }) => kind)).toEqual(["step", "epoch"]);
  }));

/** Fake trainings cannot be continued: the folder is begun anew. */
function takesOver(machine: WorkerMachine): WorkerMachine {
  return {
    ...machine,
    train: async (run, context) => {
      const lock = await RunLock.take(realFileSystem, context.folder, { forceUnlock: true });
      await rm(join(context.folder, "config.json"));
      await lock.release();
      return machine.train(run, context);
    },
  };
}

it.each(["fast", "immediate"] as const)("a database that is stopped (%s) and started loses nothing", (how) =>
  inNewFolder(async (folder) => {
    const url = await newDatabase();
    const plan = await fakePlan(`restarted ${how}`, 6);
    const gate = newGate();
    const onStep: FakeTraining["onStep"] = (_run, step) => (step === 2 ? gate.opened : undefined);
    const workers = startWorkers(url, ["a", "b"], fakeMachine({ onStep }));
    const notes: string[] = [];
    const waiting = runStudyOnQueue({
      ...{ plan, folder: join(folder, "study"), queue: url, describeData },
      onNote: (line) => void notes.push(line),
    });
    const metrics = () => workers.events.filter(({ kind }) => kind === "metrics").length;
    await expect.poll(metrics, { timeout: 10_000 }).toBe(2);
    await server().stop(how);
    // Both end while there is no database to store their results in.
    gate.open();
    const noted = () => notes.length + workers.events.filter(({ kind }) => kind === "note").length;
    await expect.poll(noted, { timeout: 10_000 }).toBe(3);
    await server().start();
    // A worker that ends is what went wrong.
    const { runs } = await Promise.race([waiting, workers.ended.then(() => waiting)]);
    await workers.stop();
    expect(runs.map(({ status, attempts }) => [status, attempts])).toEqual(
      plan.runs.map(() => ["finished", 1]),
    );
    expect(notes).toEqual([
      expect.stringMatching(
        /^The database 127\.0\.0\.1:\d+\/test_\d+ cannot be used: .+; trying again until it can$/,
      ),
      expect.stringMatching(/^The database \S+ answers again$/),
    ]);
    const lines = workers.events.filter(({ kind }) => kind === "note");
    expect(lines).toHaveLength(4);
  }),
);

it("a worker whose disk is full gives its run back and ends with one line", () =>
  inNewFolder(async (folder) => {
    const url = await newDatabase();
    const plan = await fakePlan("full disk", 1);
    const onStep = (): never => {
      throw new RunError("NIN_RUN_WRITE", "/runs/x", "cannot be written: the disk is full");
    };
    const full = startWorkers(url, ["full"], fakeMachine({ onStep }));
    const waiting = runStudyOnQueue({ plan, folder: join(folder, "study"), queue: url, describeData });
    await expect(full.ended).rejects.toThrow("/runs/x: cannot be written: the disk is full");
    const roomy = startWorkers(url, ["roomy"]);
    const { runs } = await waiting;
    await roomy.stop();
    expect(at(runs, 0)).toMatchObject({ status: "finished", worker: "roomy", attempts: 2 });
  }));
