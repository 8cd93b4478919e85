import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder } from "@nin/test-support";
import { expect, it } from "vitest";
import { runStudyOnQueue } from "./run-on-queue.js";
import { StudyQueue } from "./study-queue.js";
import { FAKE_DATA, fakeMachine, fakePlan } from "./testing/fake-training.js";
import { useServer } from "./testing/server.js";
import { workOnQueue } from "./worker.js";

const { server } = useServer();

/** The blocks of SQL in docs/many-machines.md, each as its statements. */
async function documentedSql(): Promise<readonly (readonly string[])[]> {
  const text = await readFile(new URL("../../../../docs/many-machines.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return blocks.map((block) => block.split(";\n").filter((statement) => statement.trim() !== ""));
}

it("the roles of docs/many-machines.md are enough, and a worker's is no more", () =>
  inNewFolder(async (folder) => {
    const [roles = [], rights = [], removal = []] = await documentedSql();
    for (const statement of roles) await server().query(statement);
    const addressOf = (user: string, password: string): string =>
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${server().port}/nin`;
    const worker = addressOf("nin_worker", "another one");
    // The tables are not there yet, and are not a worker's to make.
    await expect(StudyQueue.open(worker, () => {})).rejects.toThrow(
      /permission denied for database nin; docs\/many-machines\.md says which rights are needed$/,
    );
    const queue = addressOf("nin_study", "one of your own");
    const owner = await StudyQueue.open(queue, () => {});
    await owner.close();
    for (const statement of rights) await server().query(statement, "nin");

    const plan = await fakePlan("roles", 2);
    const stopped = new AbortController();
    const working = workOnQueue({ queue: worker, name: "w", machine: fakeMachine(), signal: stopped.signal });
    const describeData = async () => FAKE_DATA;
    const { runs } = await runStudyOnQueue({ plan, folder: join(folder, "study"), queue, describeData });
    expect(runs.map(({ status }) => status)).toEqual(["finished", "finished"]);
    // What is done now and then.
    const supervising = await StudyQueue.open(worker, () => {});
    await supervising.supervise(0);
    await supervising.close();
    stopped.abort(new Error("over"));
    await working;

    const asWorker = (sql: string) => server().query(`SET ROLE nin_worker; ${sql}`, "nin");
    for (const sql of [
      "DELETE FROM nin_study.result",
      "UPDATE nin_study.result SET worker = 'x'",
      "INSERT INTO nin_study.job VALUES ('a', 'b', 'c', gen_random_uuid())",
      "INSERT INTO nin_study_queue.queue (name) VALUES ('q')",
      "CREATE TABLE nin_study.other ()",
      "CREATE TABLE public.other ()",
    ])
      await expect(asWorker(sql)).rejects.toThrow("permission denied");

    for (const statement of removal)
      await server().query(statement.replace("'one-by-one'", "'roles'"), "nin");
    const left = await server().query(
      "SELECT 1 FROM nin_study.job, nin_study.result, nin_study_queue.job",
      "nin",
    );
    expect(left).toEqual([]);
  }));
