import type {
  Batch,
  Checked,
  Engine,
  EngineSession,
  LabelledBatch,
  LossAndGradients,
  RealizedPrimitive,
  SessionSetup,
} from "@nin/backend";
import { type Architecture, at, type NamedTensors, type Tensor } from "@nin/spec";
import { readBuffer, writeBytes } from "./device/buffers.js";
import type { GpuContext } from "./device/gpu-context.js";
import { INFERENCE } from "./kernels/step-uniforms.js";
import { imageLength, type Value } from "./layers/value.js";
import { tensorBuffer } from "./program/program.js";
import { GpuNetwork, type GpuNetworkOptions, type ReadyStage } from "./runtime/gpu-network.js";
import { unscaled } from "./runtime/gradient-scale.js";
import { runBatch } from "./runtime/runner.js";
import { joinImages } from "./runtime/unpack-values.js";
import { WebGpuSession } from "./training-session.js";

/** A network on a WebGPU device; nothing is read back until it is asked for. */
export class WebGpuEngine implements Engine {
  readonly augments = true;
  readonly #network: GpuNetwork;

  /** @throws `UnsupportedError` when the device cannot hold or compute it. */
  constructor(context: GpuContext, architecture: Architecture, options: GpuNetworkOptions) {
    context.throwFailure();
    this.#network = new GpuNetwork(context, architecture, options);
  }

  /** A binding's limit: a larger data set is not kept on the device. */
  get maxDatasetBytes(): number {
    return this.#network.context.traits.maxBindingBytes;
  }

  /** Compiles the programs of predictions too: a device that cannot says so now. */
  async realize(): Promise<readonly RealizedPrimitive[]> {
    await this.#network.stage("inference");
    return this.#network.plan("inference", 1).network.layers;
  }

  realization(): Readonly<Record<string, string>> {
    return this.#network.realization();
  }

  async readParameters(): Promise<NamedTensors> {
    return this.#network.parameters.unpack(await this.#read("parameters"));
  }

  writeParameters(given: NamedTensors): void {
    const { context, persistent, parameters } = this.#network;
    writeBytes(context.device, persistent.ensure("parameters", 0), parameters.pack(given));
  }

  async predict(batch: Checked<Batch>): Promise<Tensor> {
    const stage = await this.#network.stage("inference");
    return at(await this.#values(stage, batch, [stage.network.scores]), 0);
  }

  async activations(batch: Checked<Batch>): Promise<ReadonlyMap<string, Tensor>> {
    const stage = await this.#network.stage("outputs");
    const { outputs } = stage.network;
    const tensors = await this.#values(stage, batch, [...outputs.values()]);
    return new Map([...outputs.keys()].map((name, index) => [name, at(tensors, index)]));
  }

  async gradients(batch: Checked<LabelledBatch>): Promise<LossAndGradients> {
    const network = this.#network;
    const { count } = batch;
    const stage = await network.stage("training");
    const losses = network.persistent.ensure("losses", 0);
    const reads = [{ buffer: losses, imageBytes: Float32Array.BYTES_PER_ELEMENT }];
    const flags = { ...INFERENCE, lossSlot: network.scratchLossSlot };
    const parts = await runBatch(network, stage, batch, flags, { reads });
    let sum = 0;
    for (const read of parts.flat()) {
      sum += new Float32Array(await read.take()).reduce((total, loss) => total + loss, 0);
    }
    const scaled = await this.#read("gradients");
    const gradients = network.parameters.unpack(unscaled(scaled, network.gradientScale(count)));
    network.context.throwFailure();
    return { loss: sum / count, gradients };
  }

  openSession(setup: SessionSetup): Promise<EngineSession> {
    return WebGpuSession.open(this.#network, setup);
  }

  dispose(): Promise<void> {
    return this.#network.dispose();
  }

  /** Values of a stage after a run on a batch. */
  async #values(
    stage: ReadyStage,
    batch: Checked<Batch>,
    values: readonly Value[],
  ): Promise<readonly Tensor[]> {
    const network = this.#network;
    const reads = values.map((value) => ({
      buffer: tensorBuffer(value.tensor, stage.plan, stage.tensors),
      imageBytes: imageLength(value) * Float32Array.BYTES_PER_ELEMENT,
    }));
    const flags = { ...INFERENCE, lossSlot: network.scratchLossSlot };
    const parts = await runBatch(network, stage, batch, flags, { reads });
    const taken = await Promise.all(parts.map((part) => Promise.all(part.map((read) => read.take()))));
    network.context.throwFailure();
    return values.map((value, index) => {
      const floats = taken.map((part) => new Float32Array(at(part, index)));
      return joinImages(value, batch.count, floats);
    });
  }

  async #read(name: "parameters" | "gradients"): Promise<Float32Array> {
    const { context, persistent, parameters } = this.#network;
    return new Float32Array(await readBuffer(context, persistent.ensure(name, 0), parameters.length * 4));
  }
}
