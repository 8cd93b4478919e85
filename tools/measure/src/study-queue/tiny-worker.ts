/** A worker of `measure study-queue` whose trainings are tiny: writes a line of JSON for each of them. */
import { present } from "@nin/spec";
import { workOnQueue } from "@nin/study/queue";
import { TINY_DATA, tinyTrainer } from "./tiny-training.js";

const [queue, name, durationMs, runs] = process.argv.slice(2);
const controller = new AbortController();
process.on("SIGTERM", () => controller.abort(new Error("SIGTERM")));
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const train = tinyTrainer(Number(durationMs));

await workOnQueue({
  queue: present(queue, "the database"),
  name: present(name, "the worker's name"),
  ...(runs !== undefined && { runs }),
  signal: controller.signal,
  machine: {
    prepare: async ({ data }) =>
      data.train.sha256 === TINY_DATA.train.sha256 ? { source: "synthetic" } : { obstacle: "other data" },
    train: async (run, context) => {
      const startedAt = performance.now();
      const result = await train(run, context);
      tell({ kind: "trained", run: run.id, ms: performance.now() - startedAt });
      return result;
    },
  },
  onReady: () => tell({ kind: "ready" }),
  onEvent: (event) => {
    if (event.kind === "note") tell(event);
    else if ("job" in event && event.kind !== "metrics") tell({ kind: event.kind, run: event.job.run });
  },
});
const { user, system } = process.cpuUsage();
tell({ kind: "processor", ms: (user + system) / 1000 });
