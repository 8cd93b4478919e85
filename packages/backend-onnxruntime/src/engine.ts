import {
  type Batch,
  type Checked,
  type Engine,
  type EngineMetrics,
  type EngineSession,
  type EngineState,
  type Hardware,
  type IndexBatch,
  type LabelledBatch,
  type LossAndGradients,
  type Model,
  modelOf,
  type RealizedPrimitive,
  type SessionSetup,
  type StepPlace,
} from "@nin/backend";
import type { NamedTensors, Tensor } from "@nin/spec";
import { BACKEND_ID } from "./runtime/backend-id.js";
import type { EngineClient } from "./runtime/engine-client.js";
import type { EngineOptions, LabelledImages, WholeBatch } from "./runtime/protocol.js";

/** Unfinished steps beyond the one that is handed over: one runs, one waits, so that the thread never idles. */
const UNFINISHED_STEPS = 1;
/** A batch of more bytes does not wait in memory while another one is computed: its copy takes far less time than its step. */
const LARGE_BATCH_BYTES = 16e6;

/**
 * Realizes an architecture by the engine that `client` calls: that of a thread, which runs calls in the order in which
 * it is sent them.
 */
export function compileModel(
  client: EngineClient,
  options: EngineOptions,
  hardware?: Hardware,
): Promise<Model> {
  return modelOf(new RemoteEngine(client, options, hardware), {
    backend: BACKEND_ID,
    architecture: options.architecture,
    options,
    callOrder: "engine",
    unfinishedSteps: UNFINISHED_STEPS,
  });
}

/** The engine in its thread, as its model calls it. */
class RemoteEngine implements Engine {
  readonly augments = true;
  readonly #client: EngineClient;
  readonly #options: EngineOptions;
  readonly #hardware: Hardware | undefined;

  constructor(client: EngineClient, options: EngineOptions, hardware?: Hardware) {
    this.#client = client;
    this.#options = options;
    this.#hardware = hardware;
  }

  realize(): Promise<readonly RealizedPrimitive[]> {
    return this.#client.call("realize");
  }

  realization(): Readonly<Record<string, string>> {
    const { device, threads, convolution = "exact" } = this.#options;
    return {
      ...(convolution !== "exact" && { convolution }),
      ...((device === "cpu" || device === "wasm") && {
        threads: `${threads}`,
        processor: this.#hardware?.name ?? "unknown",
      }),
    };
  }

  readParameters(): Promise<NamedTensors> {
    return this.#client.call("readParameters");
  }

  writeParameters(parameters: NamedTensors): Promise<void> {
    return this.#client.call("writeParameters", parameters);
  }

  predict(batch: Checked<Batch>): Promise<Tensor> {
    return this.#client.call("predict", copied(batch, this.#client));
  }

  activations(batch: Checked<Batch>): Promise<NamedTensors> {
    return this.#client.call("activations", copied(batch, this.#client));
  }

  gradients(batch: Checked<LabelledBatch>): Promise<LossAndGradients> {
    return this.#client.call("gradients", copiedWithLabels(batch, this.#client));
  }

  async openSession(setup: SessionSetup): Promise<EngineSession> {
    await this.#client.call("openSession", setup);
    return new RemoteSession(this.#client);
  }

  async dispose(): Promise<void> {
    // A thread that failed or is gone holds nothing.
    await this.#client.call("release").catch(() => undefined);
    await this.#client.terminate();
  }
}

/** The training session of the engine in its thread. */
class RemoteSession implements EngineSession {
  readonly #client: EngineClient;
  #work: Promise<unknown> = Promise.resolve();

  constructor(client: EngineClient) {
    this.#client = client;
  }

  async step(batch: Checked<LabelledBatch | IndexBatch>, place: StepPlace): Promise<void> {
    if ("indices" in batch) {
      const indices = { kind: "indices", count: batch.count, indices: batch.indices.slice() } as const;
      this.#hand(this.#client.call("step", { batch: indices, place }));
      return;
    }
    const labelled = copiedWithLabels(batch, this.#client);
    const sizeBytes = labelled.batch.images.byteLength;
    this.#hand(this.#client.call("step", { ...labelled, place }));
    if (sizeBytes > LARGE_BATCH_BYTES) await this.#work.catch(() => undefined);
  }

  async evaluate(batch: Checked<LabelledBatch>): Promise<void> {
    this.#hand(this.#client.call("evaluate", copiedWithLabels(batch, this.#client)));
  }

  workDone(): Promise<unknown> {
    return this.#work;
  }

  metrics(): Promise<EngineMetrics> {
    return this.#client.call("metrics");
  }

  readState(): Promise<EngineState> {
    return this.#client.call("readState");
  }

  writeState(state: EngineState): Promise<void> {
    return this.#client.call("writeState", state);
  }

  async dispose(): Promise<void> {
    // A thread that failed or is gone has no session left to end.
    await this.#client.call("closeSession").catch(() => undefined);
  }

  /** Adds to what is not done yet, and fails if any of it does. */
  #hand(call: Promise<void>): void {
    this.#work = Promise.all([this.#work, call]);
    // Whoever waits gets the error; nobody may be waiting.
    this.#work.catch(() => undefined);
  }
}

/** A copy of a batch in memory that moves to the thread with the next call. */
function copied(batch: Checked<Batch>, client: EngineClient): WholeBatch {
  const { count } = batch;
  if ("input" in batch) {
    const { data } = batch.input;
    const images = new Float32Array(client.imageMemory(data.length * Float32Array.BYTES_PER_ELEMENT));
    images.set(data);
    return { kind: "input", count, images };
  }
  const images = new Uint8Array(client.imageMemory(batch.images.length));
  images.set(batch.images);
  return { kind: "images", count, images };
}

function copiedWithLabels(batch: Checked<LabelledBatch>, client: EngineClient): LabelledImages {
  return { batch: copied(batch, client), labels: Int32Array.from(batch.labels) };
}
