import { DeviceLostError } from "@nin/backend";
import { initialParameters } from "@nin/spec";
import { DivergedError, trainModel } from "@nin/training";
import { PageError } from "../contract/page-error.js";
import type { ContinueRequest, DataRequest, StartRequest } from "../contract/protocol.js";
import { CurrentRun } from "./current-run.js";
import { type LoadedData, loadDataset } from "./datasets.js";
import type { Emit } from "./events.js";
import type { DroppedWeights } from "./files.js";
import { Reporter } from "./reporter.js";
import { compileRun, keepData, newConfig, openStoredRun, startWeights } from "./run-setup.js";
import { Watch } from "./watch.js";

/** How often losses are read while a network trains. Units: milliseconds. */
const READ_EVERY_MS = 250;

/** Has the data, the model and the run that is trained; one at a time. */
export class Trainer {
  #data: { readonly key: string; readonly loaded: Promise<LoadedData> } | undefined;
  #run: CurrentRun | undefined;
  #training: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #reporter: Reporter | undefined;
  /** The weights that were dropped last. */
  weights: DroppedWeights | undefined;

  /** What is looked at while it trains. */
  readonly watch: Watch;

  constructor(private readonly emit: Emit) {
    this.watch = new Watch(() => this.#run, emit);
  }

  get run(): CurrentRun | undefined {
    return this.#run;
  }

  loadData(request: DataRequest): Promise<LoadedData> {
    // Files are what they are: a request with them is never the same as another.
    const key = request.kind === "files" ? `files ${performance.now()}` : JSON.stringify(request);
    if (this.#data?.key === key) return this.#data.loaded;
    const loaded = loadDataset(request);
    this.#data = { key, loaded };
    loaded.then(
      ({ description }) => {
        // It can now be asked for by its key.
        if (request.kind === "files" && this.#data?.loaded === loaded)
          this.#data = { key: JSON.stringify({ kind: "stored", key: description.key }), loaded };
      },
      () => {
        if (this.#data?.loaded === loaded) this.#data = undefined;
      },
    );
    return loaded;
  }

  async start(request: StartRequest): Promise<string> {
    await this.close();
    const { steps, fromWeights = false } = request;
    const weights = fromWeights ? this.weights : undefined;
    if (fromWeights && weights === undefined)
      throw new PageError("there are no weights to start from: drop a safetensors file");
    const data = await this.loadData(request.data);
    const config = await newConfig(request, data, weights);
    const own: DataRequest = data.isDropped ? { kind: "stored", key: data.description.key } : request.data;
    if (data.isDropped) await keepData(data, this.emit);
    const model = await compileRun(config);
    const begun = { id: newId(), createdAt: Date.now(), config, request: own, data, model };
    const initial = weights && startWeights(config, weights);
    const run = new CurrentRun(begun, this.emit, { ...(initial && { initialParameters: initial }) });
    run.lastStep = run.stepsPerEpoch * config.recipe.epochs;
    this.#take(run);
    if (steps === 0) await this.#showOnly(run);
    else {
      await run.store();
      this.#train(run, steps);
    }
    return run.id;
  }

  #take(run: CurrentRun): void {
    this.#run = run;
    this.#reporter = new Reporter(run, this.emit);
    this.emit({ kind: "config", run: run.id, config: run.config });
  }

  /** Has the network in the state that the run continues from, to look inside. */
  async #showOnly(run: CurrentRun): Promise<void> {
    const { architecture, recipe } = run.config;
    await run.model.writeParameters(
      run.checkpoint?.state.parameters ??
        run.initialParameters ??
        initialParameters(architecture, recipe.init, recipe.seed),
    );
    this.#reporter?.setPhase(run.phase === "finished" ? "finished" : "paused");
    this.watch.lookSoon();
  }

  /** Continues a run, also one of an earlier visit, on any device. */
  async continue(request: ContinueRequest): Promise<void> {
    await this.pause();
    const { backend, device, learningRate } = request;
    let run = this.#run;
    if (run?.id !== request.run) {
      await this.#closeRun();
      run = await openStoredRun(request, (wanted) => this.loadData(wanted), this.emit);
      this.#take(run);
    }
    const { config } = run;
    const isElsewhere = config.backend !== backend || config.device !== device || run.phase === "failed";
    if (isElsewhere || learningRate !== undefined) {
      const optimizer = { ...config.recipe.optimizer, ...(learningRate !== undefined && { learningRate }) };
      run.config = { ...config, backend, device, recipe: { ...config.recipe, optimizer } };
      this.emit({ kind: "config", run: run.id, config: run.config });
    }
    if (isElsewhere || run.isModelGone) {
      await run.model.dispose();
      run.model = await compileRun(run.config);
      run.isModelGone = false;
    }
    if (request.steps === 0) return this.#showOnly(run);
    this.#train(run, request.steps);
  }

  /** Ends with the state of the last step kept. */
  async pause(): Promise<void> {
    this.#training?.stop.abort();
    await this.#training?.ended;
  }

  async close(): Promise<void> {
    await this.pause();
    await this.#closeRun();
  }

  async setLearningRate(learningRate: number): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    const isTraining = this.#training !== undefined;
    await this.pause();
    const { recipe } = run.config;
    run.config = { ...run.config, recipe: { ...recipe, optimizer: { ...recipe.optimizer, learningRate } } };
    this.emit({ kind: "config", run: run.id, config: run.config });
    if (isTraining && run.phase === "paused") this.#train(run);
    else {
      await run.store();
      this.#reporter?.report();
    }
  }

  /** Does something with the run's state of this moment, between two steps where it trains. */
  async whilePaused<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.#run;
    const isTraining = this.#training !== undefined;
    await this.pause();
    const result = await work();
    if (isTraining && run !== undefined && run === this.#run && run.phase === "paused") this.#train(run);
    return result;
  }

  #train(run: CurrentRun, steps?: number): void {
    const stop = new AbortController();
    this.watch.holdProbes();
    const ended = this.#trainToEnd(run, steps, stop.signal).finally(() => {
      this.#training = undefined;
      this.#reporter?.report();
      this.watch.lookSoon();
    });
    this.#training = { stop, ended };
  }

  async #trainToEnd(run: CurrentRun, steps: number | undefined, signal: AbortSignal): Promise<void> {
    this.#reporter?.setPhase("preparing");
    const { config, checkpoint, data, model, initialParameters: first } = run;
    const { architecture, recipe, logEvery, checkpointEvery, versions } = config;
    try {
      const result = await trainModel({
        ...{ model, architecture, recipe, logEvery, checkpointEvery, signal },
        data: data.pair,
        environment: versions,
        readEveryMs: READ_EVERY_MS,
        recorder: run,
        onEvent: (event) => {
          this.#reporter?.take(event);
          if (event.kind !== "progress") return;
          void this.watch.lookIfDue();
          void this.watch.probeIfDue(run);
        },
        ...(checkpoint && { resumeFrom: { environment: versions, ...checkpoint } }),
        ...(first && checkpoint === undefined && { initialParameters: first }),
        ...(steps !== undefined && { maxSteps: run.step + steps }),
      });
      run.step = result.step;
      const isOver = result.ended === "epochs" || result.ended === "earlyStopping";
      this.#reporter?.setPhase(isOver ? "finished" : "paused");
      if (run.phase === "finished") await run.store();
    } catch (error) {
      await this.#failed(run, error);
    }
  }

  async #failed(run: CurrentRun, error: unknown): Promise<void> {
    const kept = run.checkpoint?.state.step ?? 0;
    const at = run.step;
    const isLost = error instanceof DeviceLostError;
    if (error instanceof DivergedError) {
      this.#reporter?.setPhase("failed");
      const message = `Training has diverged: ${error.message}. Start again with a lower learning rate`;
      this.emit({ kind: "problem", code: "diverged", message });
      return run.store();
    }
    run.cutBack();
    // Nobody knows what is left of the model.
    run.isModelGone = true;
    this.#reporter?.setPhase("paused");
    const what = isLost
      ? `The device was lost after step ${at}`
      : `The device failed after step ${at} (${messageOf(error)})`;
    const message = `${what}: the run is paused, with its state of step ${kept} kept. Continue on this device or another`;
    this.emit({ kind: "problem", code: isLost ? "device-lost" : "failed", message });
    await run.model.dispose().catch(() => {});
  }

  async #closeRun(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    await run?.model.dispose().catch(() => {});
  }
}

/** Of a new run: the time, and something that two pages at once do not share. */
export function newId(): string {
  return `${Date.now().toString(36)}-${Math.floor(Math.random() * 36 ** 4).toString(36)}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
