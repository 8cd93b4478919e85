import type { Backend, ImageFormat, Model } from "@nin/backend";
import { loadBackend } from "@nin/registry";
import { BenchError } from "../errors.js";
import { updatesOf } from "../material/norms.js";
import { firstOf, type LoadedJob } from "../material/read-job.js";
import type { GateAnswer, Opened, ProbeAnswer, ReachAnswer } from "../protocol/messages.js";
import type { Competitor, StepsResult } from "../protocol/serve.js";
import { type DataSplit, openData } from "./data-split.js";
import { ForwardWork } from "./forward-work.js";
import { reachAccuracy } from "./reach-accuracy.js";
import { TrainingWork } from "./training-work.js";

/** What the timed steps do, kept open between requests. */
export interface Work {
  run(steps: number): Promise<StepsResult>;
  probe(): Promise<ProbeAnswer>;
  close(): Promise<void>;
}

const CHECKED_STEPS = 2;

/** A model of a backend, through the contract alone. */
export class BackendCompetitor implements Competitor {
  #model: Model | undefined;
  #work: Work | undefined;
  #data: DataSplit | undefined;

  constructor(
    private readonly backendId: string,
    private readonly device: string,
    private readonly job: LoadedJob,
  ) {}

  async open(): Promise<Opened> {
    const begin = performance.now();
    const backend = await loadBackend(this.backendId);
    const loaded = performance.now();
    this.#data = await openData(this.job);
    const prepared = performance.now();
    this.#model = await this.#compile(backend, this.#data?.images);
    await this.#model.writeParameters(this.job.parameters);
    const compileMs = performance.now() - prepared;
    const known = (await backend.devices()).find(({ id }) => id === this.device);
    return {
      loadMs: loaded - begin,
      compileMs,
      versions: { node: process.versions.node, ...(await backend.versions()) },
      ...(known === undefined ? {} : { device: known.name }),
    };
  }

  async check(): Promise<GateAnswer> {
    const { job } = this;
    const model = this.#compiled();
    const { input, labels } = firstOf(job, job.gateImages);
    const scores = [...(await model.predict({ input })).data];
    const session = await model.train({ optimizer: job.recipe.optimizer, seed: job.recipe.seed });
    try {
      for (let step = 0; step < CHECKED_STEPS; step += 1) {
        await session.step({ input, labels }, { learningRate: job.recipe.optimizer.learningRate });
      }
      const { losses } = await session.metrics();
      const { parameters } = await session.readState();
      return { scores, losses, updates: updatesOf(parameters, job.parameters), dropout: "counter" };
    } finally {
      await session.dispose();
      await model.writeParameters(job.parameters);
    }
  }

  async run(steps: number): Promise<StepsResult> {
    this.#work ??= await this.#start();
    return this.#work.run(steps);
  }

  async probe(): Promise<ProbeAnswer> {
    if (this.#work === undefined) throw new BenchError("a probe was asked for before the first step");
    return this.#work.probe();
  }

  async reach(accuracy: number, limitMs: number): Promise<ReachAnswer> {
    if (this.#data === undefined) throw new BenchError("the job names no data");
    return reachAccuracy(this.#compiled(), this.#data, this.job, { accuracy, limitMs });
  }

  async close(): Promise<void> {
    await this.#work?.close();
    await this.#model?.dispose();
  }

  #start(): Promise<Work> | Work {
    const model = this.#compiled();
    if (this.job.mode === "forward") return new ForwardWork(model, this.job.input);
    return TrainingWork.open(model, this.job, this.#data);
  }

  #compile(backend: Backend, images: ImageFormat | undefined): Promise<Model> {
    const { architecture, batch, threads, precision } = this.job;
    return backend.compile(architecture, {
      device: this.device,
      maxBatch: batch,
      threads,
      precision,
      ...(images === undefined ? {} : { imageFormat: images }),
    });
  }

  #compiled(): Model {
    if (this.#model === undefined) throw new BenchError("the contestant is not open");
    return this.#model;
  }
}
