import { join } from "node:path";
import { inspect } from "node:util";
import { at } from "@nin/spec";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { QueueError } from "./errors.js";
import { jobOf, type StudyJobData } from "./job.js";
import { runStudyOnQueue } from "./run-on-queue.js";
import { StudyQueue } from "./study-queue.js";
import { FAKE_DATA, fakeMachine, fakePlan } from "./testing/fake-training.js";
import { useServer } from "./testing/server.js";
import { type WorkerEvent, workOnQueue } from "./worker.js";

const { newDatabase, query, server } = useServer();
const describeData = async () => FAKE_DATA;

/** Lets a worker work until `isOver` says so of its events, which it gives. */
async function workUntil(
  url: string,
  isOver: (events: readonly WorkerEvent[]) => boolean,
): Promise<readonly WorkerEvent[]> {
  const controller = new AbortController();
  const events: WorkerEvent[] = [];
  await workOnQueue({
    ...{ queue: url, name: "w", machine: fakeMachine(), signal: controller.signal },
    onEvent: (event) => {
      events.push(event);
      if (isOver(events)) controller.abort(new Error("over"));
    },
  });
  return events;
}

async function addFake(url: string, name: string, data = FAKE_DATA): Promise<void> {
  const { runs } = await fakePlan(name, 1);
  const queue = await StudyQueue.open(url, () => {});
  await queue.jobs.add([jobOf(name, at(runs, 0), data)]);
  await queue.close();
}

describe("a worker", () => {
  it("refuses a job that is not what jobs are, in one line, which the study then has as the run's error", () =>
    inNewFolder(async (folder) => {
      const url = await newDatabase();
      const plan = await fakePlan("changed", 2);
      const waiting = runStudyOnQueue({ plan, folder: join(folder, "study"), queue: url, describeData });
      const change = `UPDATE nin_study_queue.job SET data = jsonb_set(data, '{run}', '"../../../root/.ssh"')
        WHERE data ->> 'run' = '${at(plan.runs, 0).id}' RETURNING 1`;
      const isChanged = () =>
        query(url, change).then(
          ({ length }) => length === 1,
          () => false,
        );
      await expect.poll(isChanged, { timeout: 10_000 }).toBe(true);
      const isEnd = ({ kind }: WorkerEvent) => kind === "ended" || kind === "job-refused";
      const events = await workUntil(url, (all) => all.filter(isEnd).length === 2);
      const reason = 'run: expected 16 hexadecimal digits, got "../../../root/.ssh"';
      expect(events).toContainEqual(expect.objectContaining({ kind: "job-refused", reason }));
      const { runs } = await waiting;
      expect(at(runs, 0)).toMatchObject({
        status: "failed",
        error: { code: "NIN_QUEUE", message: `refused by a worker: ${reason}` },
      });
      expect(at(runs, 1).status).toBe("finished");
    }));

  it("leaves queues of other data and newer versions to others, and says so once for each", async () => {
    const url = await newDatabase();
    const others = { ...FAKE_DATA, train: { count: 60, sha256: "c".repeat(64) } };
    await addFake(url, "other data", others);
    await addFake(url, "newer");
    await query(
      url,
      `UPDATE nin_study.queue SET kind = jsonb_set(kind, '{version}', '2')
       WHERE kind #>> '{data,train,sha256}' = '${FAKE_DATA.train.sha256}'`,
    );
    await query(
      url,
      `INSERT INTO nin_study.queue SELECT 'forged', '{"version":1,"backend":"reference"}'::jsonb;
       INSERT INTO nin_study_queue.queue (name, table_name, policy, retry_limit, retry_delay, retry_backoff, expire_seconds, retention_seconds, deletion_seconds, partition, warning_queued)
       SELECT 'forged', table_name, policy, retry_limit, retry_delay, retry_backoff, expire_seconds, retention_seconds, deletion_seconds, partition, warning_queued FROM nin_study_queue.queue LIMIT 1;
       INSERT INTO nin_study_queue.job (name, data) VALUES ('forged', '{}')`,
    );
    const events = await workUntil(url, (all) => all.length === 3);
    const reasons = events.map((event) => (event.kind === "queue-refused" ? event.reason : event.kind));
    expect(reasons.sort()).toEqual([
      "it has other data",
      expect.stringMatching(/^it is not described as a queue is: device: /),
      "its jobs are of version 2, and this nin reads version 1: use the newer nin",
    ]);
    const states = await query(url, "SELECT DISTINCT state::text FROM nin_study_queue.job");
    expect(states).toEqual([{ state: "created" }]);
  });
});

describe("what is wrong with a database is one line without a secret:", () => {
  const SECRET = "not the password";
  const address = (changes: Partial<Pick<URL, "password" | "hostname" | "port" | "search">>): string =>
    Object.assign(new URL(server().url()), { password: encodeURIComponent(SECRET), ...changes }).href;
  it.each([
    [
      "a wrong password",
      {},
      /cannot be used: password authentication failed for user "postgres"; check the user/,
    ],
    ["no password", { password: "" }, /cannot be used: it asks for a password; check the user/],
    ["an unknown host", { hostname: "nowhere.invalid" }, /cannot be used: its host is not known$/],
    ["a port where nothing listens", { port: "9" }, /cannot be used: nothing accepts connections there$/],
    [
      "a server without TLS",
      { search: "?sslmode=verify-full" },
      /it does not encrypt connections, as sslmode asks for$/,
    ],
  ] as const)("%s", async (_name, changes, line) => {
    const error: unknown = await StudyQueue.open(address(changes), () => {}).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(QueueError);
    expect((error as Error).message).toMatch(line);
    expect((error as Error).message).toMatch(/^[^\n]{1,300}$/);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });

  it("a database that is not there", async () => {
    await expect(StudyQueue.open(server().url("other"), () => {})).rejects.toThrow(
      'cannot be used: database "other" does not exist (3D000)',
    );
  });

  it("a study whose data were others", async () => {
    const url = await newDatabase();
    await addFake(url, "same");
    const others = { ...FAKE_DATA, train: { count: 60, sha256: "c".repeat(64) } };
    await expect(addFake(url, "same", others)).rejects.toThrow(
      /^run [0-9a-f]{16} of the study same is in the database \S+ already, with other data .+: give the study another name$/,
    );
  });

  it("results of other data", () =>
    inNewFolder(async (folder) => {
      const url = await newDatabase();
      const plan = await fakePlan("same results", 1);
      const run = (data: StudyJobData, name: string) =>
        runStudyOnQueue({ plan, folder: join(folder, name), queue: url, describeData: async () => data });
      const done = run(FAKE_DATA, "one");
      await workUntil(url, (all) => all.some(({ kind }) => kind === "ended"));
      await done;
      const others = { ...FAKE_DATA, test: { count: 10, sha256: "c".repeat(64) } };
      await expect(run(others, "other")).rejects.toThrow(
        /^run [0-9a-f]{16} has a result in the database already, of other data: give the study another name$/,
      );
    }));

  it("tables of a newer version", async () => {
    const url = await newDatabase();
    await addFake(url, "old");
    await query(url, "UPDATE nin_study.version SET version = 2");
    await expect(addFake(url, "new")).rejects.toThrow(
      "are of version 2, and this nin has version 1: use the newer nin on every machine",
    );
    await query(
      url,
      "UPDATE nin_study.version SET version = 1; UPDATE nin_study_queue.version SET version = 9999",
    );
    await expect(addFake(url, "new")).rejects.toThrow("was made by a newer version of pg-boss");
  });
});
