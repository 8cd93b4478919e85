import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Backend } from "@nin/backend";
import { createOnnxRuntimeBackend, engineInThisThread } from "@nin/backend-onnxruntime";
import { platformOf } from "@nin/backend-onnxruntime/profiling";
import { type Architecture, builtinArchitecture, parseArchitecture } from "@nin/spec";
import { collectGarbage, openModel, openTraining, sampleImages } from "../support/sample-training.js";

/** What a process of its own measures. */
export interface ResidentCase {
  readonly model: string;
  readonly batch: number;
  readonly work: "inference" | "training";
  readonly threads: number;
}

/** The process's resident memory without JavaScript's own heap. Units: bytes. */
export interface Resident {
  /** With ONNX Runtime, after a network of the same layers with few channels was computed and released. */
  readonly baselineBytes: number;
  /** With the network and its weights, before the first batch; above the baseline. */
  readonly openedBytes: number;
  /** The most while a batch is predicted, or a step is trained, each time; above the baseline. */
  readonly peakBytes: readonly number[];
}

/** In the first one the program is written and compiled. */
const RUNS = 3;
/** Enough for the formulation of every convolution to stay as it is. */
const FEW_CHANNELS = 16;
/** Sets the high-water mark of the resident memory to what it is now. Source: proc(5). */
const RESET_PEAK = "5";

/**
 * Measures this process. The network is in this thread, so that JavaScript's garbage can be collected before each batch:
 * left to itself it is collected at some time, and holds a step's results until then.
 */
export async function measureResident({ model, batch, work, threads }: ResidentCase): Promise<Resident> {
  const backend = backendInThisThread(threads);
  const architecture = builtinArchitecture(model);
  const compute = work === "inference" ? predictor : trainer;
  const small = await compute(backend, withFewChannels(architecture), 2);
  for (let done = 0; done < RUNS; done += 1) await small.run();
  await small.dispose();
  await settled();
  const baselineBytes = residentBytes("VmRSS");
  const { run } = await compute(backend, architecture, batch);
  await settled();
  const openedBytes = residentBytes("VmRSS") - baselineBytes;
  const peakBytes: number[] = [];
  for (let done = 0; done < RUNS; done += 1) {
    await settled();
    writeFileSync("/proc/self/clear_refs", RESET_PEAK);
    await run();
    peakBytes.push(residentBytes("VmHWM") - baselineBytes);
  }
  return { baselineBytes, openedBytes, peakBytes };
}

/** What computes a batch, or a run of training steps, as often as one likes. */
interface Computer {
  run(): Promise<unknown>;
  dispose(): Promise<void>;
}

async function predictor(backend: Backend, architecture: Architecture, batch: number): Promise<Computer> {
  const { model, imageFormat } = await openModel(backend, "cpu", { architecture, batch });
  const images = sampleImages(imageFormat, batch);
  return { run: () => model.predict({ images }), dispose: () => model.dispose() };
}

async function trainer(backend: Backend, architecture: Architecture, batch: number): Promise<Computer> {
  const { model, session, step } = await openTraining(backend, "cpu", { architecture, batch });
  let done = 0;
  return {
    async run() {
      await step(done);
      done += 1;
      await session.metrics();
    },
    dispose: () => model.dispose(),
  };
}

/**
 * The same layers with few channels. What computing them leaves behind is no network's own: the runtime's threads,
 * JavaScript's compiled code, and memory for the descriptions of as many nodes.
 */
function withFewChannels({ name, input, layers }: Architecture): Architecture {
  const few = (channels: number): number => Math.min(FEW_CHANNELS, channels);
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name,
    input,
    layers: layers.map((layer) => {
      if (layer.kind === "linear") return { ...layer, outFeatures: few(layer.outFeatures) };
      if (layer.kind === "conv2d") return { ...layer, outChannels: few(layer.outChannels) };
      if (layer.kind !== "ninBlock") return layer;
      return { ...layer, outChannels: few(layer.outChannels), mlpChannels: layer.mlpChannels.map(few) };
    }),
  });
}

function backendInThisThread(threads: number): Backend {
  return createOnnxRuntimeBackend({
    threads: { byDefault: threads, most: threads },
    list: async () => [{ id: "cpu", name: "this processor", available: true }],
    start: async (options) => engineInThisThread(options, platformOf("cpu")),
  });
}

/** Rounds in which no less becomes resident before memory counts as settled, on a busy machine too. */
const QUIET_ROUNDS = 10;

/** Collects garbage, with turns of the event loop in which what was freed is given back, until nothing more is. */
async function settled(): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  for (let quiet = 0; quiet < QUIET_ROUNDS; quiet += 1) {
    collectGarbage();
    await setTimeout(20);
    const bytes = residentBytes("VmRSS");
    if (bytes < least) quiet = 0;
    least = Math.min(least, bytes);
  }
}

function residentBytes(field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync("/proc/self/status", "utf8");
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
  if (kibibytes === undefined)
    throw new Error(`/proc/self/status has no ${field}: this measurement needs Linux`);
  return 1024 * Number(kibibytes) - process.memoryUsage().heapTotal;
}
