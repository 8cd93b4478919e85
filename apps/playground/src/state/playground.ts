import type { DataRequest, DroppedFile, WorkerEvent } from "../contract/protocol.js";
import { deleteStoredRun, listStoredRuns, readStoredMetrics, readStoredRun } from "../storage/runs.js";
import {
  architecture,
  architectureChoice,
  data,
  dataRequest,
  device,
  devices,
  hasServedData,
  isBusy,
  isDataLoading,
  look,
  notify,
  recipe,
  recipeChoice,
  run,
  type ShownRun,
  startWeights,
  status,
  storedRuns,
} from "./signals.js";
import { CallError, WorkerClient } from "./worker-client.js";

export * from "./signals.js";

let client: WorkerClient | undefined;

export function worker(): WorkerClient {
  client ??= new WorkerClient(take, (message) =>
    notify("problem", `Training is not possible here: ${message}`),
  );
  return client;
}

/** Takes what the worker reports. */
function take(events: readonly WorkerEvent[]): void {
  for (const event of events) {
    switch (event.kind) {
      case "status":
        // The last words of a run that was left are about nothing that is shown.
        if (event.status.run === run.value?.id) status.value = event.status;
        break;
      case "config":
        run.value =
          run.value?.id === event.run
            ? { ...run.value, config: event.config }
            : { id: event.run, config: event.config, lines: [], probes: [] };
        break;
      case "metrics":
        changeRun(event.run, (shown) => ({ ...shown, lines: [...shown.lines, ...event.lines] }));
        break;
      case "probe":
        changeRun(event.run, (shown) => ({ ...shown, probes: [...shown.probes, event.probe] }));
        break;
      case "cut":
        changeRun(event.run, (shown) => ({ ...shown, lines: event.lines }));
        break;
      case "look":
        if (run.value !== undefined) look.value = event.look;
        break;
      case "problem":
        notify("problem", event.message);
        break;
      case "note":
        notify("note", event.message);
        break;
      case "stored":
        void refreshStoredRuns();
        break;
    }
  }
}

function changeRun(id: string, change: (shown: ShownRun) => ShownRun): void {
  if (run.value?.id === id) run.value = change(run.value);
}

/** Does what a person asked for; what was refused is said in one line. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  isBusy.value = true;
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    notify(
      "problem",
      error instanceof CallError && error.code === undefined ? `This failed: ${message}` : upper(message),
    );
    return undefined;
  } finally {
    isBusy.value = false;
  }
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Finds devices, data and earlier runs. */
export async function begin(): Promise<void> {
  const calls = worker();
  await calls.call("configure", new URL("data/", document.baseURI).href);
  void refreshStoredRuns();
  const listed = calls.call("devices").then((found) => {
    devices.value = found;
  });
  hasServedData.value = await isServed();
  const request: DataRequest = hasServedData.value ? { kind: "fashion-mnist" } : { kind: "synthetic" };
  await attempt(() => chooseData(request));
  // The server may be gone by now: the shapes are drawn without one.
  if (data.value === undefined && request.kind !== "synthetic")
    await attempt(() => chooseData({ kind: "synthetic" }));
  await listed.catch((error: unknown) =>
    notify("problem", `The devices could not be found: ${String(error)}`),
  );
}

/** What the server of the page has besides the page: `nin playground` says so, a static host has an empty list. */
async function isServed(): Promise<boolean> {
  try {
    const response = await fetch(new URL("data/index.json", document.baseURI));
    const { sets } = (await response.json()) as { readonly sets: object };
    return "fashion-mnist" in sets;
  } catch {
    return false;
  }
}

/** @throws CallError */
export async function chooseData(request: DataRequest): Promise<void> {
  isDataLoading.value = true;
  try {
    const described = await worker().call("loadData", request);
    data.value = described;
    dataRequest.value = request.kind === "files" ? { kind: "stored", key: described.key } : request;
  } finally {
    isDataLoading.value = false;
  }
}

export async function refreshStoredRuns(): Promise<void> {
  storedRuns.value = await listStoredRuns().catch(() => storedRuns.value);
}

/** What is set up has changed: the run on the page stays as it is kept, and the next one is new. */
export async function leaveRun(): Promise<void> {
  if (run.value === undefined) return;
  run.value = undefined;
  status.value = undefined;
  look.value = undefined;
  await worker().call("close");
}

/** Begins a new run. @param steps - to do; to the end without it */
export async function startRun(steps?: number): Promise<void> {
  const [network, how, where] = [architecture.value, recipe.value, device.value];
  if (typeof network === "string") return notify("problem", network);
  if (typeof how === "string") return notify("problem", how);
  if (where === undefined) return notify("problem", "There is no device to train on here");
  const { name, epochs } = recipeChoice.value;
  await attempt(() =>
    worker().call("start", {
      architecture: network,
      recipe: how,
      isSized: name === "robust",
      ...(epochs !== undefined && { epochs }),
      data: dataRequest.value,
      backend: where.backend,
      device: where.device,
      ...(steps !== undefined && { steps }),
      ...(startWeights.value !== undefined && { fromWeights: true }),
    }),
  );
}

/** Continues the run on the page. */
export async function continueRun(steps?: number): Promise<void> {
  const [shown, where] = [run.value, device.value];
  if (shown === undefined) return startRun(steps);
  if (where === undefined) return notify("problem", "There is no device to train on here");
  const { backend, device: id } = where;
  await attempt(() =>
    worker().call("continue", { run: shown.id, backend, device: id, ...(steps !== undefined && { steps }) }),
  );
}

export async function pauseRun(): Promise<void> {
  await attempt(() => worker().call("pause"));
}

export async function changeLearningRate(rate: number): Promise<void> {
  await attempt(() => worker().call("setLearningRate", rate));
}

/** Shows a run that is kept, ready to be continued. */
export async function openRun(id: string): Promise<void> {
  await attempt(async () => {
    const stored = await readStoredRun(id);
    if (stored === undefined) return;
    const { config, probes } = stored;
    await worker().call("pause");
    run.value = { id, config, probes, lines: await readStoredMetrics(id) };
    look.value = undefined;
    await chooseData(stored.data);
    const where = device.value;
    if (where === undefined) return;
    await worker().call("continue", { run: id, backend: where.backend, device: where.device, steps: 0 });
  });
}

export async function deleteRun(id: string): Promise<void> {
  await attempt(async () => {
    if (run.value?.id === id) {
      await worker().call("close");
      run.value = undefined;
      status.value = undefined;
      look.value = undefined;
    }
    await deleteStoredRun(id);
    await refreshStoredRuns();
  });
}

/** Gives a run as a file. */
export async function download(id: string, kind: "safetensors" | "onnx" | "folder"): Promise<void> {
  const file = await attempt(() => worker().call("download", id, kind));
  if (file === undefined) return;
  const url = URL.createObjectURL(new Blob([file.bytes], { type: file.type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Reads files that are no images: a run, or weights. */
export async function importFiles(files: readonly DroppedFile[]): Promise<void> {
  const imported = await attempt(() => worker().call("importFiles", files));
  if (imported === undefined) return;
  if (imported.kind === "run") {
    for (const warning of imported.warnings) notify("note", upper(warning));
    await refreshStoredRuns();
    return openRun(imported.run);
  }
  startWeights.value = imported.name;
  if (imported.architecture !== undefined)
    architectureChoice.value = { kind: "own", architecture: imported.architecture };
  notify("note", `The next run starts from the weights of ${imported.name}`);
}
