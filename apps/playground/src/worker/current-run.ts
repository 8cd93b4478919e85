import type { Model } from "@nin/backend";
import type { NamedTensors } from "@nin/spec";
import {
  type Checkpoint,
  type MetricsLine,
  metricsUpTo,
  type RunConfig,
  type TrainingRecorder,
  trainingImageCount,
} from "@nin/training";
import type { DataRequest, Probe, RunPhase } from "../contract/protocol.js";
import { isFull, type StoredRun } from "../storage/database.js";
import { storeRun } from "../storage/runs.js";
import type { LoadedData } from "./datasets.js";
import type { Emit } from "./events.js";

/** What a run consists of, wherever it comes from. */
export interface BegunRun {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly config: RunConfig;
  /** How its data are loaded again. */
  readonly request: DataRequest;
  readonly data: LoadedData;
  readonly model: Model;
}

/** What a run goes on from; nothing for a new one with random weights. */
export interface RunOrigin {
  readonly checkpoint?: Checkpoint;
  readonly initialParameters?: NamedTensors;
  readonly known?: StoredRun;
}

/** The run that the worker has, in memory; what is new of it goes into the page's storage with each checkpoint. */
export class CurrentRun implements TrainingRecorder {
  phase: RunPhase = "preparing";
  step: number;
  lastStep = 0;
  /** Whether the model is of no use any more, as after its device was lost. */
  isModelGone = false;
  /** All lines of the run. */
  metrics: MetricsLine[] = [];
  probes: Probe[] = [];
  #unsaved: MetricsLine[] = [];
  #testAccuracy: number | null = null;
  #loss: number | null = null;
  #isStorageReported = false;
  private readonly emit: Emit;

  readonly id: string;
  readonly createdAt: number;
  readonly request: DataRequest;
  readonly data: LoadedData;
  config: RunConfig;
  model: Model;
  checkpoint: Checkpoint | undefined;
  /** What it starts from where it has no checkpoint; random ones without them. */
  readonly initialParameters: NamedTensors | undefined;

  constructor(begun: BegunRun, emit: Emit, { checkpoint, initialParameters, known }: RunOrigin) {
    this.id = begun.id;
    this.createdAt = begun.createdAt;
    this.config = begun.config;
    this.request = begun.request;
    this.data = begun.data;
    this.model = begun.model;
    this.emit = emit;
    this.checkpoint = checkpoint;
    this.initialParameters = initialParameters;
    this.step = checkpoint === undefined ? 0 : checkpoint.state.step;
    if (known === undefined) return;
    this.lastStep = known.lastStep;
    this.#testAccuracy = known.testAccuracy;
    this.#loss = known.loss;
    this.probes = known.probes.filter(({ step }) => step <= this.step);
  }

  get stepsPerEpoch(): number {
    const { recipe } = this.config;
    return Math.ceil(trainingImageCount(this.data.pair.train.count, recipe) / recipe.batchSize);
  }

  async appendMetrics(lines: readonly MetricsLine[]): Promise<void> {
    this.#unsaved.push(...lines);
    this.metrics.push(...lines);
    for (const line of lines) {
      if (line.kind === "step") this.#loss = line.loss;
      if (line.kind === "epoch") this.#testAccuracy = line.testAccuracy;
    }
    this.emit({ kind: "metrics", run: this.id, lines });
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.checkpoint = checkpoint;
    this.step = checkpoint.state.step;
    await this.store();
  }

  addProbe(probe: Probe): void {
    this.probes.push(probe);
    this.emit({ kind: "probe", run: this.id, probe });
  }

  /** Forgets what was recorded after the state that it continues from. */
  cutBack(): void {
    const { checkpoint } = this;
    this.step = checkpoint?.state.step ?? 0;
    const [step, epoch] = checkpoint ? [checkpoint.state.step, checkpoint.progress.epoch] : [-1, 0];
    this.metrics = [...metricsUpTo(this.metrics, step, epoch)];
    this.probes = this.probes.filter((probe) => probe.step <= step);
    // Lines are stored with the state that they led to.
    this.#unsaved = [...metricsUpTo(this.#unsaved, step, epoch)];
    this.emit({ kind: "cut", run: this.id, lines: this.metrics });
  }

  /** Keeps the run in the page's storage. Where that is full it goes on in memory alone, and says so. */
  async store(): Promise<void> {
    const lines = this.#unsaved;
    const status = this.phase === "finished" || this.phase === "failed" ? this.phase : "paused";
    const { id, createdAt, config, request, step, lastStep } = this;
    const run: StoredRun = {
      ...{ id, createdAt, updatedAt: Date.now(), config, data: request, status, step, lastStep },
      ...{ testAccuracy: this.#testAccuracy, loss: this.#loss, probes: this.probes },
    };
    try {
      await storeRun(run, this.checkpoint, lines);
      this.#unsaved = this.#unsaved.slice(lines.length);
      this.#isStorageReported = false;
      this.emit({ kind: "stored" });
    } catch (error) {
      if (this.#isStorageReported) return;
      this.#isStorageReported = true;
      const why = isFull(error)
        ? "the storage of this browser for this page is full"
        : `this browser keeps nothing for this page (${error instanceof Error ? error.message : String(error)})`;
      const message = `${why}: training goes on, but a reload would lose what is newer than the last state that was kept. Download the run, or delete other runs`;
      this.emit({
        kind: "problem",
        code: "storage",
        message: message.charAt(0).toUpperCase() + message.slice(1),
      });
    }
  }
}
