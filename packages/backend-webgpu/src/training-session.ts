import {
  type Checked,
  type EngineMetrics,
  type EngineSession,
  type EngineState,
  type IndexBatch,
  isBeforeFirstStep,
  type LabelledBatch,
  optimizerSlots,
  type SessionSetup,
  type StepPlace,
} from "@nin/backend";
import { at, type NamedTensors, philoxKey } from "@nin/spec";
import { readBuffer, writeBytes } from "./device/buffers.js";
import { updateParameters } from "./kernels/optimizer/optimizer.js";
import { INFERENCE, type StepFlags } from "./kernels/step-uniforms.js";
import type { PersistentBufferName } from "./program/command.js";
import { linkProgram, type Program } from "./program/program.js";
import { keepDataset, releaseDataset } from "./runtime/dataset.js";
import type { GpuNetwork } from "./runtime/gpu-network.js";
import { LossSlots } from "./runtime/loss-slots.js";
import { updateValues } from "./runtime/optimizer-values.js";
import { type Finish, runBatch, runIndices } from "./runtime/runner.js";

/** Buffers of what an optimizer keeps, in the order of its `optimizerSlots`. */
const STATE_BUFFERS = ["state0", "state1"] as const satisfies readonly PersistentBufferName[];

/** Trains a network's parameters on its device. */
export class WebGpuSession implements EngineSession {
  readonly #network: GpuNetwork;
  readonly #setup: SessionSetup;
  readonly #losses: LossSlots;
  readonly #update: Program;
  /** The optimizer's slots and their buffers. */
  readonly #state: readonly StateBuffer[];
  /** Whether the optimizer has done a step, or was given its state. */
  #hasState: boolean;

  /** Chooses kernels, a search of seconds once an adapter. */
  static async open(network: GpuNetwork, setup: SessionSetup): Promise<WebGpuSession> {
    const { dataset, augmentation } = setup;
    await network.tune();
    await network.stage("training");
    const update = await network.context.checked("making the training program", async () => {
      if (dataset !== undefined) await keepDataset(network, dataset, augmentation);
      return linkUpdate(setup, network);
    });
    return new WebGpuSession(network, setup, update);
  }

  private constructor(network: GpuNetwork, setup: SessionSetup, update: Program) {
    this.#network = network;
    this.#setup = setup;
    this.#update = update;
    this.#state = stateBuffers(setup);
    this.#hasState = setup.optimizer.kind === "adamw";
    this.#losses = new LossSlots(network);
  }

  async step(
    batch: Checked<LabelledBatch | IndexBatch>,
    { step, learningRate, epoch }: StepPlace,
  ): Promise<void> {
    const network = this.#network;
    const stage = await network.stage("training");
    const { optimizer, seed } = this.#setup;
    const flags: StepFlags = {
      training: true,
      step,
      epoch,
      key: philoxKey(seed),
      lossSlot: this.#losses.take("step", batch.count),
      update: updateValues(optimizer, learningRate, { step, hasState: this.#hasState }),
    };
    const finish: Finish = (pass, stepOffset) => this.#update.encode(pass, 1, stepOffset);
    if ("indices" in batch) await runIndices(network, stage, batch.indices, flags, finish);
    else await runBatch(network, stage, batch, flags, { finish });
    this.#hasState = true;
  }

  async evaluate(batch: Checked<LabelledBatch>): Promise<void> {
    const lossSlot = this.#losses.take("evaluation", batch.count);
    const stage = await this.#network.stage("evaluation");
    await runBatch(this.#network, stage, batch, { ...INFERENCE, lossSlot });
  }

  /** A session that ends waits for none of it. What went wrong the device's context throws at the next call. */
  workDone(): Promise<unknown> {
    return this.#network.context.device.queue.onSubmittedWorkDone().catch(() => undefined);
  }

  metrics(): Promise<EngineMetrics> {
    return this.#losses.metrics();
  }

  async readState(): Promise<EngineState> {
    const { parameters } = this.#network;
    const state = this.#hasState ? this.#state : [];
    const optimizer = await Promise.all(
      state.map(async ({ slot, buffer }) => [...parameters.unpack(await this.#read(buffer), `${slot}.`)]),
    );
    return {
      parameters: parameters.unpack(await this.#read("parameters")),
      optimizer: new Map(optimizer.flat()),
    };
  }

  writeState({ parameters, optimizer }: EngineState): void {
    this.#hasState = !isBeforeFirstStep(this.#setup.optimizer, optimizer);
    this.#write("parameters", parameters);
    for (const { slot, buffer } of this.#state) {
      const own = [...optimizer].filter(([name]) => name.startsWith(`${slot}.`));
      this.#write(buffer, new Map(own.map(([name, tensor]) => [name.slice(slot.length + 1), tensor])));
    }
  }

  dispose(): void {
    this.#update.dispose();
    this.#losses.dispose();
    for (const name of STATE_BUFFERS) this.#network.persistent.release(name);
    releaseDataset(this.#network);
  }

  async #read(name: PersistentBufferName): Promise<Float32Array> {
    const { context, persistent, parameters } = this.#network;
    const sizeBytes = parameters.length * Float32Array.BYTES_PER_ELEMENT;
    return new Float32Array(await readBuffer(context, persistent.ensure(name, 0), sizeBytes));
  }

  #write(name: PersistentBufferName, tensors: NamedTensors): void {
    const { context, persistent, parameters } = this.#network;
    writeBytes(context.device, persistent.ensure(name, 0), parameters.pack(tensors));
  }
}

interface StateBuffer {
  /** `velocity`. */
  readonly slot: string;
  readonly buffer: (typeof STATE_BUFFERS)[number];
}

function stateBuffers({ optimizer }: SessionSetup): readonly StateBuffer[] {
  return optimizerSlots(optimizer).map((slot, index) => ({ slot, buffer: at(STATE_BUFFERS, index) }));
}

async function linkUpdate({ optimizer }: SessionSetup, network: GpuNetwork): Promise<Program> {
  const { persistent, parameters, context, stepUniforms } = network;
  const slots = optimizerSlots(optimizer);
  const sizeBytes = parameters.length * Float32Array.BYTES_PER_ELEMENT;
  persistent.ensure("gradients", sizeBytes);
  // SGD's kernel has a velocity even where it has no momentum.
  const names = slots.length === 0 ? STATE_BUFFERS.slice(0, 1) : STATE_BUFFERS.slice(0, slots.length);
  for (const name of names) {
    persistent.release(name);
    persistent.ensure(name, slots.length === 0 ? 0 : sizeBytes);
  }
  const command = updateParameters(optimizer, parameters.length, {
    gradient: { buffer: "gradients" },
    parameter: { buffer: "parameters" },
    state: names.map((buffer) => ({ buffer })),
  });
  const plan = { bufferBytes: [], bufferOf: new Map(), lowerBoundBytes: 0 };
  return linkProgram(context, [command], {
    plan,
    tensors: [],
    persistent: persistent.buffers,
    stepUniforms,
  });
}
