/** What the programs written for TensorFlow.js share: finding it, the batch in its layout, the answers. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { at, classCount } from "@nin/spec";
import { serve } from "../dist/protocol/serve.js";
import { l2Norm, updatesOf } from "../dist/workload/norms.js";
import { firstOf, readJob } from "../dist/workload/read-job.js";

const CHECKED_STEPS = 2;

/** An error that says: this program does not do that. */
export function unsupported(message) {
  return Object.assign(new Error(message), { code: "NIN_UNSUPPORTED" });
}

/**
 * A baseline in TensorFlow.js. A program extends it by `begin(dropout)`, which starts again from the initial
 * weights, `train(steps, batch)`, `predict(batch)` and `weights()`, the variables by parameter name.
 */
export class TfjsBaseline {
  #place;
  #steps = 0;
  #batch;

  constructor(job, place) {
    this.job = job;
    this.#place = place;
  }

  async open() {
    const begin = performance.now();
    const { kind, momentum, weightDecay } = this.job.recipe.optimizer;
    if (kind !== "sgd" || momentum !== 0 || weightDecay !== 0) {
      throw unsupported("the TensorFlow.js baseline has plain SGD only");
    }
    this.tf = await loadTensorFlow(this.#place);
    const loadMs = performance.now() - begin;
    this.begin(true);
    return {
      loadMs,
      compileMs: performance.now() - begin - loadMs,
      versions: versionsOf(this.#place),
      device: this.tf.getBackend(),
    };
  }

  async check() {
    this.begin(false);
    const batch = this.#batchOf(firstOf(this.job, this.job.checkedImages));
    const scores = [...(await this.predict(batch))];
    const losses = await this.train(CHECKED_STEPS, batch);
    const updates = await this.#updates();
    this.begin(true);
    return { scores, losses, updates, dropout: "off" };
  }

  async run(steps) {
    this.#batch ??= this.#batchOf(this.job);
    if (this.job.mode === "forward") {
      let scores = [];
      for (let step = 0; step < steps; step += 1) scores = await this.predict(this.#batch);
      return { scoresNorm: l2Norm(scores) };
    }
    this.#steps += steps;
    return { losses: await this.train(steps, this.#batch) };
  }

  async probe() {
    if (this.job.mode === "forward") return { steps: 0, updates: {} };
    return { steps: this.#steps, updates: await this.#updates() };
  }

  async close() {}

  /** OIHW to HWIO; a linear layer's weights stay as they are. */
  toTensorFlow({ shape, data }) {
    return this.tf.tidy(() => {
      const tensor = this.tf.tensor(Float32Array.from(data), [...shape]);
      return shape.length === 4 ? tensor.transpose([2, 3, 1, 0]) : tensor;
    });
  }

  #batchOf({ input, labels }) {
    const { tf } = this;
    const classes = classCount(this.job.architecture);
    return {
      input: tf.tidy(() =>
        tf.tensor(Float32Array.from(input.data), [...input.shape]).transpose([0, 2, 3, 1]),
      ),
      targets: tf.tidy(() => tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), classes).toFloat()),
    };
  }

  async #updates() {
    const now = new Map();
    for (const [name, weight] of this.weights()) {
      const oihw = this.tf.tidy(() => (weight.rank === 4 ? weight.transpose([3, 2, 0, 1]) : weight.clone()));
      now.set(name, { shape: oihw.shape, data: await oihw.data() });
      oihw.dispose();
    }
    return updatesOf(now, this.job.parameters);
  }
}

/**
 * Serves a baseline: `node PROGRAM RUNTIME FOLDER JOB`, where RUNTIME is node or webgpu, and FOLDER is where
 * TensorFlow.js is installed. With `--probe` instead of a job it fails where TensorFlow.js does not load.
 */
export async function serveBaseline(Baseline) {
  const [runtime, folder] = process.argv.slice(2);
  const job = at(process.argv, -1);
  const place = { runtime, require: createRequire(join(folder, "package.json")) };
  if (job === "--probe") {
    await loadTensorFlow(place);
    process.stdout.write(`${JSON.stringify({ hardware: null })}\n`);
  } else {
    await serve(new Baseline(await readJob(job), place));
    process.exit(0);
  }
}

async function loadTensorFlow({ runtime, require }) {
  if (runtime === "node") return require("@tensorflow/tfjs-node");
  // Its WebGPU needs a browser's `navigator.gpu`: that of Dawn.
  const { prepareSoftwareAdapter } = await import("@nin/vulkan-driver");
  await prepareSoftwareAdapter();
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
  const tf = require("@tensorflow/tfjs");
  require("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js found no WebGPU");
  await tf.ready();
  return tf;
}

function versionsOf({ runtime, require }) {
  const name = runtime === "node" ? "@tensorflow/tfjs-node" : "@tensorflow/tfjs-backend-webgpu";
  return { node: process.versions.node, [name]: require(`${name}/package.json`).version };
}
