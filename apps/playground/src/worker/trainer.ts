import { DeviceLostError, type Model } from "@nin/backend";
import { resolveRecipe } from "@nin/data";
import { fitParameters } from "@nin/safetensors";
import { initialParameters, type NamedTensors, sizedRecipe } from "@nin/spec";
import {
  DivergedError,
  describeDataBy,
  evaluateModel,
  type RunConfig,
  splitValidation,
  type TrainingEvent,
  trainingImageCount,
  trainModel,
} from "@nin/training";
import { PageError } from "../contract/page-error.js";
import type {
  ContinueRequest,
  DataRequest,
  Look,
  LookRequest,
  RunPhase,
  RunStatus,
  StartRequest,
} from "../contract/protocol.js";
import { isFull } from "../storage/database.js";
import { storeDataset } from "../storage/datasets.js";
import { cutStoredMetrics, readStoredCheckpoint, readStoredRun } from "../storage/runs.js";
import { backendOf } from "./backends.js";
import { CurrentRun } from "./current-run.js";
import { hashing, type LoadedData, loadDataset } from "./datasets.js";
import type { Emit } from "./events.js";
import type { DroppedWeights } from "./files.js";
import { lookInside } from "./look.js";
import { NIN_VERSION } from "./version.js";

/** Images of a batch that are only evaluated or looked at. */
const MAX_BATCH = 128;
const CHECKPOINT_EVERY = 100;
/** Of longer trainings every tenth step is logged, as `nin train` does. */
const LOG_ALL_STEPS = 1500;
/** Units: milliseconds. */
const READ_EVERY_MS = 250;
/** The accuracy between evaluations: of so many images, not more often than this, in this share of the time. */
const PROBE = { images: 500, everyMs: 1500, share: 0.1 };
/** Looking inside takes at most this share of the time, and is not done more often than a person sees. */
const LOOK = { share: 0.15, everyMs: 600 };

/** Has the data, the model and the run that is trained; one at a time. */
export class Trainer {
  #data: { readonly key: string; readonly loaded: Promise<LoadedData> } | undefined;
  #run: CurrentRun | undefined;
  #training: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #status: Omit<RunStatus, "run" | "phase" | "step" | "lastStep" | "learningRate"> = IDLE;
  #watched: LookRequest | undefined;
  #isLooking = false;
  #nextLookAt = 0;
  #isProbing = false;
  #nextProbeAt = 0;
  /** The weights that were dropped last. */
  weights: DroppedWeights | undefined;

  constructor(private readonly emit: Emit) {}

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
    await this.pause();
    await this.#closeRun();
    const { architecture, steps } = request;
    const data = await this.loadData(request.data);
    const config = await this.#configOf(request, data);
    const own: DataRequest = data.isDropped ? { kind: "stored", key: data.description.key } : request.data;
    if (data.isDropped) await this.#keepData(data);
    const model = await this.#compile(config);
    const now = Date.now();
    const id = `${now.toString(36)}-${Math.floor(Math.random() * 36 ** 4).toString(36)}`;
    const weights = request.fromWeights === true ? this.#startWeights(config) : undefined;
    const run = new CurrentRun(id, now, config, own, data, model, this.emit, undefined, weights);
    this.#run = run;
    this.#status = { ...IDLE, epochs: config.recipe.epochs };
    run.lastStep = this.#stepsPerEpoch(run) * config.recipe.epochs;
    this.emit({ kind: "config", run: id, config });
    if (steps === 0) {
      const { init, seed } = config.recipe;
      await model.writeParameters(weights ?? initialParameters(architecture, init, seed));
      this.#setPhase(run, "paused");
      this.#lookSoon();
    } else {
      await run.store();
      this.#train(run, steps);
    }
    return id;
  }

  /** Continues a run, also one of an earlier visit, on any device. */
  async continue(request: ContinueRequest): Promise<void> {
    await this.pause();
    const { backend, device, learningRate } = request;
    let run = this.#run;
    if (run?.id !== request.run) {
      await this.#closeRun();
      run = await this.#openStored(request);
      this.#run = run;
      this.emit({ kind: "config", run: run.id, config: run.config });
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
      run.model = await this.#compile(run.config);
      run.isModelGone = false;
    }
    if (request.steps === 0) {
      const { architecture, recipe } = run.config;
      await run.model.writeParameters(
        run.checkpoint?.state.parameters ??
          run.initialParameters ??
          initialParameters(architecture, recipe.init, recipe.seed),
      );
      this.#setPhase(run, run.phase === "finished" ? "finished" : "paused");
      this.#lookSoon();
      return;
    }
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
      this.#report(run);
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

  async look(request: LookRequest): Promise<Look | undefined> {
    const run = this.#run;
    if (run === undefined || run.isModelGone) return undefined;
    return lookInside(run.model, run.config.architecture, request, () => run.step);
  }

  watch(request: LookRequest | undefined): void {
    this.#watched = request;
    this.#lookSoon();
  }

  #lookSoon(): void {
    this.#nextLookAt = 0;
    void this.#lookIfDue();
  }

  async #lookIfDue(): Promise<void> {
    const [run, request] = [this.#run, this.#watched];
    if (run === undefined || request === undefined || this.#isLooking || run.isModelGone) return;
    if (run.phase === "preparing" || performance.now() < this.#nextLookAt) return;
    const began = performance.now();
    this.#isLooking = true;
    try {
      const look = await this.look(request);
      // Another one may have been asked for meanwhile.
      if (look !== undefined && run === this.#run) this.emit({ kind: "look", look });
    } catch (error) {
      // A device that was lost, a model that was disposed: training says so where it trains.
      if (run === this.#run && this.#training === undefined && !run.isModelGone)
        this.emit({ kind: "problem", message: messageOf(error) });
    } finally {
      this.#isLooking = false;
      const tookMs = performance.now() - began;
      this.#nextLookAt = performance.now() + Math.max(LOOK.everyMs, tookMs / LOOK.share);
    }
    if (request !== this.#watched) this.#lookSoon();
  }

  async #probeIfDue(run: CurrentRun): Promise<void> {
    if (this.#isProbing || performance.now() < this.#nextProbeAt) return;
    const began = performance.now();
    this.#isProbing = true;
    try {
      const step = run.step;
      const { accuracy } = await evaluateModel(run.model, run.data.pair.test, { limit: PROBE.images });
      if (run === this.#run) run.addProbe({ step, accuracy });
    } catch {
      // The device is gone, or the model: training says so.
    } finally {
      this.#isProbing = false;
      const tookMs = performance.now() - began;
      this.#nextProbeAt = performance.now() + Math.max(PROBE.everyMs, tookMs / PROBE.share);
    }
  }

  #train(run: CurrentRun, steps?: number): void {
    const stop = new AbortController();
    // The first steps compile and choose kernels.
    this.#nextProbeAt = performance.now() + 2 * PROBE.everyMs;
    const ended = this.#trainToEnd(run, steps, stop.signal).finally(() => {
      this.#training = undefined;
      this.#report(run);
      this.#lookSoon();
    });
    this.#training = { stop, ended };
  }

  async #trainToEnd(run: CurrentRun, steps: number | undefined, signal: AbortSignal): Promise<void> {
    this.#setPhase(run, "preparing");
    const { config, checkpoint, data, model, initialParameters: first } = run;
    const { architecture, recipe, logEvery, checkpointEvery, versions } = config;
    try {
      const result = await trainModel({
        ...{ model, architecture, recipe, logEvery, checkpointEvery, signal },
        data: data.pair,
        environment: versions,
        readEveryMs: READ_EVERY_MS,
        recorder: run,
        onEvent: (event) => this.#onEvent(run, event),
        ...(checkpoint && { resumeFrom: { environment: versions, ...checkpoint } }),
        ...(first && checkpoint === undefined && { initialParameters: first }),
        ...(steps !== undefined && { maxSteps: run.step + steps }),
      });
      run.step = result.step;
      this.#setPhase(
        run,
        result.ended === "epochs" || result.ended === "earlyStopping" ? "finished" : "paused",
      );
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
      this.#setPhase(run, "failed");
      const message = `Training has diverged: ${error.message}. Start again with a lower learning rate`;
      this.emit({ kind: "problem", code: "diverged", message });
      return run.store();
    }
    run.cutBack();
    // Nobody knows what is left of the model.
    run.isModelGone = true;
    this.#setPhase(run, "paused");
    const what = isLost
      ? `The device was lost after step ${at}`
      : `The device failed after step ${at} (${messageOf(error)})`;
    const message = `${what}: the run is paused, with its state of step ${kept} kept. Continue on this device or another`;
    this.emit({ kind: "problem", code: isLost ? "device-lost" : "failed", message });
    await run.model.dispose().catch(() => {});
  }

  #onEvent(run: CurrentRun, event: TrainingEvent): void {
    switch (event.kind) {
      case "start":
        run.lastStep = event.stepsPerEpoch * event.epochs;
        this.#status = { ...this.#status, epochs: event.epochs, stepsPerEpoch: event.stepsPerEpoch };
        this.#setPhase(run, "training");
        return;
      case "progress": {
        const { step, epoch, loss, imagesPerSecond } = event;
        run.step = step;
        this.#status = { ...withoutActivity(this.#status), epoch, loss, imagesPerSecond };
        this.#report(run);
        void this.#lookIfDue();
        void this.#probeIfDue(run);
        return;
      }
      case "evaluation": {
        const activity = `evaluating ${event.count} of ${event.totalCount} ${event.split} images`;
        this.#status = { ...this.#status, activity };
        this.#report(run);
        return;
      }
      case "step":
        this.#status = { ...this.#status, elapsedMs: event.elapsedMs };
        return;
      case "environment": {
        const names = event.differences.map(({ name, before, now }) => `${name} was ${before} and is ${now}`);
        this.emit({
          kind: "note",
          message: `The run began elsewhere: ${names.join("; ")}. Its last bits may differ.`,
        });
        return;
      }
      default:
        return;
    }
  }

  async #configOf(request: StartRequest, data: LoadedData): Promise<RunConfig> {
    const { architecture, backend, device, isSized, epochs } = request;
    const { train } = splitValidation(data.pair.train, request.recipe);
    const sized = isSized ? sizedRecipe(request.recipe, train.count, epochs) : request.recipe;
    const resolved = await resolveRecipe(sized, train);
    const weights = request.fromWeights === true ? this.weights : undefined;
    // What the weights were trained with wins, as for `nin train --weights`.
    const recipe = {
      ...resolved,
      preprocessing: weights?.description.preprocessing ?? resolved.preprocessing,
    };
    const totalSteps = Math.ceil(train.count / recipe.batchSize) * recipe.epochs;
    const used = await backendOf(backend);
    return {
      architecture,
      recipe,
      data: await describeDataBy(hashing, data.pair, data.source, data.limit),
      ...(weights && { startedFrom: weights.name }),
      ...{ backend, device, precision: "f32", threads: null, maxSteps: null },
      logEvery: totalSteps <= LOG_ALL_STEPS ? 1 : 10,
      checkpointEvery: CHECKPOINT_EVERY,
      evalLimit: null,
      versions: { nin: NIN_VERSION, page: "playground", ...(await used.versions()) },
    };
  }

  /** The weights that were dropped; a head of another number of classes begins anew. */
  #startWeights({ architecture, recipe }: RunConfig): NamedTensors {
    const { weights } = this;
    if (weights === undefined)
      throw new PageError("there are no weights to start from: drop a safetensors file");
    const { parameters } = fitParameters(architecture, weights.tensors, {
      source: weights.name,
      newHead: true,
    });
    return new Map([...initialParameters(architecture, recipe.init, recipe.seed), ...parameters]);
  }

  async #compile({ architecture, recipe, data, backend, device }: RunConfig): Promise<Model> {
    const { image } = data;
    if (image === undefined) throw new PageError("this run does not say which images it takes");
    const used = await backendOf(backend);
    return used.compile(architecture, {
      device,
      maxBatch: Math.max(recipe.batchSize, MAX_BATCH),
      imageFormat: { ...image, preprocessing: recipe.preprocessing },
    });
  }

  async #openStored({ run: id, backend, device }: ContinueRequest): Promise<CurrentRun> {
    const stored = await readStoredRun(id);
    if (stored === undefined) throw new PageError("this run is not kept in this browser any more");
    const { config, data: request, createdAt } = stored;
    const data = await this.loadData(request);
    const { train, test } = await describeDataBy(hashing, data.pair, "", null);
    if (train.sha256 !== config.data.train.sha256 || test.sha256 !== config.data.test.sha256)
      throw new PageError(
        `the images of ${data.description.name} are not those that this run began with: give it the same ones`,
      );
    const checkpoint = await readStoredCheckpoint(id);
    const at = checkpoint
      ? ([checkpoint.state.step, checkpoint.progress.epoch] as const)
      : ([-1, 0] as const);
    const metrics = await cutStoredMetrics(id, ...at);
    const here = { ...config, backend, device };
    const model = await this.#compile(here);
    const run = new CurrentRun(
      id,
      createdAt,
      here,
      request,
      data,
      model,
      this.emit,
      checkpoint,
      undefined,
      stored,
    );
    run.phase = stored.status;
    run.metrics = [...metrics];
    this.#status = { ...IDLE, epochs: config.recipe.epochs, stepsPerEpoch: this.#stepsPerEpoch(run) };
    return run;
  }

  async #keepData({ description, pair }: LoadedData): Promise<void> {
    await storeDataset(description.key, description.name, pair).catch((error: unknown) => {
      const why = isFull(error)
        ? "This browser's storage is full"
        : "This browser keeps nothing for this page";
      const message = `${why}: the images that were dropped are not kept, and have to be dropped again after a reload`;
      this.emit({ kind: "problem", code: "storage", message });
    });
  }

  async #closeRun(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    await run?.model.dispose().catch(() => {});
  }

  #stepsPerEpoch({ config, data }: CurrentRun): number {
    return Math.ceil(trainingImageCount(data.pair.train.count, config.recipe) / config.recipe.batchSize);
  }

  #setPhase(run: CurrentRun, phase: RunPhase): void {
    run.phase = phase;
    this.#status = {
      ...withoutActivity(this.#status),
      ...(phase === "preparing" && { activity: "preparing the device" }),
    };
    this.#report(run);
  }

  #report(run: CurrentRun): void {
    if (run !== this.#run) return;
    const { id, phase, step, lastStep, config } = run;
    const { learningRate } = config.recipe.optimizer;
    this.emit({ kind: "status", status: { ...this.#status, run: id, phase, step, lastStep, learningRate } });
  }
}

const IDLE = { epoch: 0, epochs: 0, stepsPerEpoch: 0, imagesPerSecond: 0, elapsedMs: 0 };

function withoutActivity<Status extends { readonly activity?: string }>({
  activity: _,
  ...status
}: Status): Omit<Status, "activity"> {
  return status;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
