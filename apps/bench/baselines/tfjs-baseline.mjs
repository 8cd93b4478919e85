/**
 * TensorFlow.js as a peer, as one writes a program for it: its operators in their own layout (NHWC), its
 * automatic gradients and its SGD. `node tfjs-baseline.mjs RUNTIME FOLDER JOB`, where RUNTIME is node or webgpu and
 * FOLDER is where it is installed; `--probe` instead of a job fails where it does not load.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { classCount, inferLayers } from "@nin/spec";
import { l2Norm, updatesOf } from "../dist/workload/norms.js";
import { firstOf, readJob } from "../dist/workload/read-job.js";
import { serve } from "../dist/protocol/serve.js";
import { applyLayer } from "./tfjs-layers.mjs";

const CHECKED_STEPS = 2;
const [runtime, folder, jobPath] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));

class TfjsPeer {
  #job;
  #tf;
  #weights;
  #optimizer;
  #steps = 0;

  constructor(job) {
    this.#job = job;
  }

  async open() {
    const begin = performance.now();
    const { kind, momentum, weightDecay } = this.#job.recipe.optimizer;
    if (kind !== "sgd" || momentum !== 0 || weightDecay !== 0) {
      throw Object.assign(new Error("TensorFlow.js's peer has plain SGD alone"), { code: "NIN_UNSUPPORTED" });
    }
    this.#tf = await loadTensorFlow();
    const loadMs = performance.now() - begin;
    this.#begin();
    return {
      loadMs,
      compileMs: performance.now() - begin - loadMs,
      versions: versions(),
      device: this.#tf.getBackend(),
    };
  }

  async check() {
    const batch = this.#batchOf(firstOf(this.#job, this.#job.gateImages));
    const scores = [...(await this.#predict(batch))];
    const losses = await this.#train(CHECKED_STEPS, batch, false);
    const updates = await this.#updates();
    this.#begin();
    return { scores, losses, updates, dropout: "off" };
  }

  async run(steps) {
    this.batch ??= this.#batchOf(this.#job);
    if (this.#job.mode === "forward") {
      let scores = [];
      for (let step = 0; step < steps; step += 1) scores = await this.#predict(this.batch);
      return { scoresNorm: l2Norm(scores) };
    }
    this.#steps += steps;
    return { losses: await this.#train(steps, this.batch, true) };
  }

  async probe() {
    if (this.#job.mode === "forward") return { steps: 0, updates: {} };
    return { steps: this.#steps, updates: await this.#updates() };
  }

  async close() {}

  #begin() {
    const tf = this.#tf;
    for (const weight of this.#weights?.values() ?? []) weight.dispose();
    this.#weights = new Map(
      [...this.#job.parameters].map(([name, tensor]) => [
        name,
        tf.variable(tf.tidy(() => toHwio(tf, tensor))),
      ]),
    );
    this.#optimizer = tf.train.sgd(this.#job.recipe.optimizer.learningRate);
  }

  #batchOf({ input, labels }) {
    const tf = this.#tf;
    const classes = classCount(this.#job.architecture);
    return {
      input: tf.tidy(() =>
        tf.tensor(Float32Array.from(input.data), [...input.shape]).transpose([0, 2, 3, 1]),
      ),
      targets: tf.tidy(() => tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), classes)),
    };
  }

  async #train(steps, { input, targets }, training) {
    const tf = this.#tf;
    const loss = () => tf.losses.softmaxCrossEntropy(targets, this.#forward(input, training));
    const losses = Array.from({ length: steps }, () => this.#optimizer.minimize(loss, true));
    const values = await Promise.all(losses.map((value) => value.data()));
    tf.dispose(losses);
    return values.map(([value]) => value);
  }

  async #predict({ input }) {
    const output = this.#tf.tidy(() => this.#forward(input, false));
    const scores = await output.data();
    output.dispose();
    return scores;
  }

  #forward(input, training) {
    const layers = inferLayers(this.#job.architecture);
    return layers.reduce((x, placed) => applyLayer(this.#tf, x, placed, this.#weights, training), input);
  }

  async #updates() {
    const now = new Map();
    for (const [name, weight] of this.#weights) {
      const oihw = this.#tf.tidy(() => (weight.rank === 4 ? weight.transpose([3, 2, 0, 1]) : weight.clone()));
      now.set(name, { shape: oihw.shape, data: await oihw.data() });
      oihw.dispose();
    }
    return updatesOf(now, this.#job.parameters);
  }
}

function toHwio(tf, { shape, data }) {
  const tensor = tf.tensor(Float32Array.from(data), [...shape]);
  return shape.length === 4 ? tensor.transpose([2, 3, 1, 0]) : tensor;
}

async function loadTensorFlow() {
  if (runtime === "node") return require("@tensorflow/tfjs-node");
  // Its WebGPU wants a browser's `navigator.gpu`: Dawn's.
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

function versions() {
  const name = runtime === "node" ? "@tensorflow/tfjs-node" : "@tensorflow/tfjs-backend-webgpu";
  return { node: process.versions.node, [name]: require(`${name}/package.json`).version };
}

if (jobPath === "--probe") {
  await loadTensorFlow();
  process.stdout.write(`${JSON.stringify({ hardware: null })}\n`);
} else {
  await serve(new TfjsPeer(await readJob(jobPath)));
  process.exit(0);
}
