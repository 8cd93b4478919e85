import type { Backend, ConvolutionArithmetic, Model, TrainingBatch } from "@nin/backend";
import { at } from "@nin/spec";
import { BenchError } from "../protocol/errors.js";
import type {
  CheckAnswer,
  Opened,
  ProbeAnswer,
  ResidentCheck,
  TimeToAccuracy,
} from "../protocol/messages.js";
import type { ServedImplementation, StepsResult } from "../protocol/served.js";
import { firstOf, type LoadedJob } from "../workload/loaded-job.js";
import { relativeL2, updatesOf } from "../workload/norms.js";
import { openWork, type TimedWork } from "./timed-work.js";
import { trainToAccuracy } from "./train-to-accuracy.js";
import { firstImagesTwice, type TrainingData } from "./training-data.js";

const CHECKED_STEPS = 2;

/** Where a backend runs: a process of Node, or a page. */
export interface BackendHost {
  loadBackend(): Promise<Backend>;
  /** Images as bytes, where the job names any. */
  openData(job: LoadedJob): Promise<TrainingData | undefined>;
  /** Of the host itself. */
  readonly versions: Readonly<Record<string, string>>;
  /** `exact` by default. */
  readonly convolution?: ConvolutionArithmetic;
}

/** A model of a backend, used through the contract alone. */
export class BackendImplementation implements ServedImplementation {
  #model: Model | undefined;
  #work: TimedWork | undefined;
  #data: TrainingData | undefined;

  constructor(
    private readonly device: string,
    private readonly job: LoadedJob,
    private readonly host: BackendHost,
  ) {}

  async open(): Promise<Opened> {
    const begin = performance.now();
    const backend = await this.host.loadBackend();
    const loaded = performance.now();
    this.#data = await this.host.openData(this.job);
    const prepared = performance.now();
    this.#model = await this.#compile(backend);
    await this.#model.writeParameters(this.job.parameters);
    const compileMs = performance.now() - prepared;
    const known = (await backend.devices()).find(({ id }) => id === this.device);
    return {
      loadMs: loaded - begin,
      compileMs,
      versions: { ...this.host.versions, ...(await versionsOf(backend)) },
      ...(known === undefined ? {} : { device: known.name }),
    };
  }

  async check(): Promise<CheckAnswer> {
    const { job } = this;
    const { input, labels } = firstOf(job, job.checkedImages);
    const scores = [...(await this.#compiled().predict({ input })).data];
    const trained = await this.#train({ input, labels }, CHECKED_STEPS);
    const resident =
      this.#data !== undefined && job.resident !== undefined
        ? await this.#checkResident(this.#data)
        : undefined;
    return {
      scores,
      ...trained,
      dropout: "counter",
      ...(resident === undefined ? {} : { resident }),
    };
  }

  async run(steps: number): Promise<StepsResult> {
    this.#work ??= await openWork(this.#compiled(), this.job, this.#data);
    return this.#work.run(steps);
  }

  async probe(): Promise<ProbeAnswer> {
    if (this.#work === undefined) throw new BenchError("a probe was requested before the first step");
    return this.#work.probe();
  }

  async reach(accuracy: number, limitMs: number): Promise<TimeToAccuracy> {
    const { test } = this.#data ?? {};
    if (this.#data === undefined || test === undefined) throw new BenchError("the job names no data");
    return trainToAccuracy(this.#compiled(), { ...this.#data, test }, this.job, { accuracy, limitMs });
  }

  async close(): Promise<void> {
    await this.#work?.close();
    await this.#model?.dispose();
  }

  /** Compares a resident batch with the input that it stands for: are resizing, scaling and gathering right? */
  async #checkResident(data: TrainingData): Promise<ResidentCheck> {
    const { architecture, checkedImages } = this.job;
    const { images, input, labels } = firstImagesTwice(data, architecture.input, checkedImages);
    const model = this.#compiled();
    const expected = (await model.predict({ input })).data;
    const scores = relativeL2((await model.predict({ images })).data, expected);
    const indices = Uint32Array.from(labels, (_, index) => index);
    const resident = await this.#train({ indices }, 1);
    const given = await this.#train({ input, labels }, 1);
    return { scores, losses: Math.abs(at(resident.losses, 0) / at(given.losses, 0) - 1) };
  }

  /** Trains some steps on one batch in a session of its own, from the initial weights, which are there again afterwards. */
  async #train(batch: TrainingBatch, steps: number): Promise<Pick<CheckAnswer, "losses" | "updates">> {
    const { parameters: initial, recipe } = this.job;
    const { optimizer, seed } = recipe;
    const model = this.#compiled();
    const dataset = "indices" in batch && this.#data !== undefined ? { dataset: this.#data.train } : {};
    const session = await model.train({ optimizer, seed, ...dataset });
    try {
      for (let step = 0; step < steps; step += 1) {
        await session.step(batch, { learningRate: optimizer.learningRate });
      }
      const { losses } = await session.metrics();
      const { parameters } = await session.readState();
      return { losses, updates: updatesOf(parameters, initial) };
    } finally {
      await session.dispose();
      await model.writeParameters(initial);
    }
  }

  #compile(backend: Backend): Promise<Model> {
    const { architecture, batch, threads, precision } = this.job;
    return backend.compile(architecture, {
      device: this.device,
      maxBatch: batch,
      threads,
      precision,
      ...(this.host.convolution && { convolution: this.host.convolution }),
      ...(this.#data === undefined ? {} : { imageFormat: this.#data.imageFormat }),
    });
  }

  #compiled(): Model {
    if (this.#model === undefined) throw new BenchError("the implementation is not open");
    return this.#model;
  }
}

/** Versions of the runtime's parts. Another checkout may be older than `versions` in the contract. */
async function versionsOf(
  backend: Partial<Pick<Backend, "versions">>,
): Promise<Readonly<Record<string, string>>> {
  return (await backend.versions?.()) ?? {};
}
