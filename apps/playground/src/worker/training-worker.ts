import { NinError } from "@nin/backend";
import { SafetensorsError } from "@nin/safetensors";
import { present } from "@nin/spec";
import { type RunConfig, trainingImageCount } from "@nin/training";
import { PageError } from "../contract/page-error.js";
import type {
  CallMessage,
  Calls,
  DataRequest,
  DroppedFile,
  Imported,
  WorkerMessage,
} from "../contract/protocol.js";
import { readStoredCheckpoint, readStoredMetrics, readStoredRun, storeRun } from "../storage/runs.js";
import { listDevices } from "./backends.js";
import { setDataFolder } from "./datasets.js";
import { EventGatherer } from "./events.js";
import { readDropped, runFile } from "./files.js";
import { messageOf, newId, Trainer } from "./trainer.js";

/** What of a worker is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<CallMessage>) => void) | null;
  postMessage(message: WorkerMessage, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const gatherer = new EventGatherer((message, transfer) => scope.postMessage(message, transfer));
const trainer = new Trainer(gatherer.emit);

type Answers = {
  readonly [Name in keyof Calls]: (
    ...given: Parameters<Calls[Name]>
  ) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>>;
};

const answers: Answers = {
  configure: (dataFolder) => setDataFolder(dataFolder),
  devices: () => listDevices(),
  loadData: async (request) => (await trainer.loadData(request)).description,
  start: (request) => trainer.start(request),
  continue: (request) => trainer.continue(request),
  pause: () => trainer.pause(),
  close: () => trainer.close(),
  setLearningRate: (rate) => trainer.setLearningRate(rate),
  look: (request) => trainer.watch.look(request),
  watch: (request) => trainer.watch.set(request),
  download: async (run, kind) => {
    const isCurrent = trainer.run?.id === run;
    const made = async () => {
      const stored = await readStoredRun(run);
      const config = isCurrent ? trainer.run?.config : stored?.config;
      if (config === undefined) throw new PageError("this run is not kept in this browser any more");
      const checkpoint = isCurrent ? trainer.run?.checkpoint : await readStoredCheckpoint(run);
      const metrics = isCurrent ? present(trainer.run).metrics : await readStoredMetrics(run);
      return runFile({ config, metrics, ...(checkpoint && { checkpoint }) }, kind);
    };
    return isCurrent ? trainer.whilePaused(made) : made();
  },
  importFiles: (files) => importFiles(files),
};

async function importFiles(files: readonly DroppedFile[]): Promise<Imported> {
  const dropped = await readDropped(files);
  if (dropped.kind === "weights") {
    const { weights } = dropped;
    trainer.weights = weights;
    const { architecture } = weights.description;
    return { kind: "weights", name: weights.name, ...(architecture && { architecture }) };
  }
  const { config, checkpoint, metrics, warnings } = dropped.run;
  const now = Date.now();
  const id = newId();
  const epochs = metrics.filter((line) => line.kind === "epoch");
  const steps = metrics.filter((line) => line.kind === "step");
  const { recipe, data } = config;
  const lastStep = Math.ceil(trainingImageCount(data.train.count, recipe) / recipe.batchSize) * recipe.epochs;
  const step = checkpoint?.state.step ?? 0;
  const run = {
    ...{ id, createdAt: now, updatedAt: now, config, data: requestOf(data), step, lastStep },
    status: step >= lastStep ? ("finished" as const) : ("paused" as const),
    testAccuracy: epochs.at(-1)?.testAccuracy ?? null,
    loss: steps.at(-1)?.loss ?? null,
    probes: [],
  };
  await storeRun(run, checkpoint, metrics);
  gatherer.emit({ kind: "stored" });
  return { kind: "run", run: id, warnings };
}

function requestOf({ source, limit, train, test }: RunConfig["data"]): DataRequest {
  if (source === "synthetic" && limit === null) return { kind: "synthetic" };
  if (source === "fashion-mnist") return { kind: "fashion-mnist", ...(limit !== null && { limit }) };
  return { kind: "stored", key: `${train.sha256.slice(0, 16)}-${test.sha256.slice(0, 16)}` };
}

scope.onmessage = ({ data: { id, name, given } }) => {
  const call = answers[name] as (...values: readonly unknown[]) => unknown;
  void Promise.resolve()
    .then(() => call(...given))
    .then(
      (answer) => {
        gatherer.flush();
        scope.postMessage({ id, answer }, []);
      },
      (error: unknown) => {
        gatherer.flush();
        const code = isOurs(error) ? { code: "refused" } : {};
        scope.postMessage({ id, error: { message: messageOf(error), ...code } }, []);
      },
    );
};

/** Whether an error says what was wrong with what a person gave. */
function isOurs(error: unknown): boolean {
  return error instanceof PageError || error instanceof NinError || error instanceof SafetensorsError;
}
