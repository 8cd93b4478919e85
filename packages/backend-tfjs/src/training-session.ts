import type {
  Checked,
  EngineMetrics,
  EngineSession,
  EngineState,
  IndexBatch,
  LabelledBatch,
  SessionSetup,
  StepPlace,
} from "@nin/backend";
import type { TensorFlowEngine } from "./engine.js";
import { initializeState, stepOptimizer } from "./optimizer/optimizer.js";
import { EvaluationLog } from "./runtime/evaluation-log.js";
import { LossLog } from "./runtime/loss-log.js";
import { TensorStore } from "./runtime/tensor-store.js";

/** Trains an engine's parameters; losses and evaluations stay on the device until they are asked for. */
export class TensorFlowSession implements EngineSession {
  readonly #engine: TensorFlowEngine;
  readonly #setup: SessionSetup;
  readonly #state: TensorStore;
  readonly #losses: LossLog;
  readonly #evaluation: EvaluationLog;

  constructor(engine: TensorFlowEngine, setup: SessionSetup) {
    const { runtime, network, classes } = engine;
    this.#engine = engine;
    this.#setup = setup;
    this.#state = new TensorStore(runtime);
    this.#losses = new LossLog(runtime);
    this.#evaluation = new EvaluationLog(runtime, classes);
    initializeState(runtime, setup.optimizer, network.parameters, this.#state);
  }

  async step(
    batch: Checked<LabelledBatch | IndexBatch>,
    { step, learningRate, epoch }: StepPlace,
  ): Promise<void> {
    const { runtime, network } = this.#engine;
    const { seed, optimizer } = this.#setup;
    const readable =
      "indices" in batch
        ? this.#engine.readableAt(batch.indices, this.#setup, epoch)
        : this.#engine.readable(batch);
    const { loss, gradients } = await this.#engine.batchGradients(readable, { seed, step });
    const update = { parameters: network.parameters, state: this.#state, gradients };
    stepOptimizer(runtime, optimizer, update, { learningRate, step });
    runtime.tf.dispose([...gradients.values()]);
    this.#losses.add(loss);
  }

  async evaluate(batch: Checked<LabelledBatch>): Promise<void> {
    const { count, images, labels } = this.#engine.readable(batch);
    await this.#engine.eachPart(count, async (part) => {
      const scores = await this.#engine.scores(images, part);
      this.#evaluation.add(scores, labels.subarray(part.start, part.end));
      scores.dispose();
    });
  }

  async metrics(): Promise<EngineMetrics> {
    return { losses: await this.#losses.take(), evaluation: await this.#evaluation.take() };
  }

  async readState(): Promise<EngineState> {
    return { parameters: await this.#engine.readParameters(), optimizer: await this.#state.read() };
  }

  writeState({ parameters, optimizer }: EngineState): void {
    const { runtime, network } = this.#engine;
    network.parameters.write(parameters);
    initializeState(runtime, this.#setup.optimizer, network.parameters, this.#state);
    this.#state.write(optimizer);
  }

  dispose(): void {
    this.#state.clear();
    this.#losses.dispose();
    this.#evaluation.dispose();
  }
}
