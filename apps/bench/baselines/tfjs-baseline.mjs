/** TensorFlow.js in Node: finding it where it is installed, and serving a program for it. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { at } from "@nin/spec";
import { serve } from "../dist/protocol/serve.js";
import { readJob } from "../dist/workload/read-job.js";

/**
 * Serves a program: `node PROGRAM RUNTIME FOLDER JOB`, where RUNTIME is node or webgpu, and FOLDER is where
 * TensorFlow.js is installed. With `--probe` instead of a job it fails where TensorFlow.js does not load.
 */
export async function serveBaseline(Program) {
  const [runtime, folder] = process.argv.slice(2);
  const job = at(process.argv, -1);
  const place = { runtime, require: createRequire(join(folder, "package.json")) };
  if (job === "--probe") {
    await loadTensorFlow(place);
    process.stdout.write(`${JSON.stringify({ hardware: null })}\n`);
  } else {
    const load = async () => ({ tf: await loadTensorFlow(place), versions: versionsOf(place) });
    await serve(new Program(await readJob(job), load));
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
