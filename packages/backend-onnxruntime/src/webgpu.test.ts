import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { elementCount } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { expect, test } from "vitest";
import { readProfiles } from "./profiling/profile.js";
import { ADAMW, SGD } from "./testing/optimizers.js";
import { everyKind } from "./testing/program-zoo.js";
import { heParameters } from "./testing/random-case.js";
import { randomBytes, randomLabels } from "./testing/random-tensors.js";

const IMAGES = { channels: 1, height: 9, width: 8, preprocessing: { mean: 0.3, std: 0.4 } } as const;
const SEED = 4;
const COUNT = 3;
const CHILD = fileURLToPath(new URL("testing/train-on-webgpu.mjs", import.meta.url));
const imageBytes = elementCount([IMAGES.channels, IMAGES.height, IMAGES.width]);

/** The case as the child process reads it. */
function caseJson(profilePrefix: string): string {
  return JSON.stringify({
    architecture: everyKind,
    compile: { maxBatch: COUNT, imageFormat: IMAGES },
    // AdamW's first updates are nearly signs of gradients, which roundings decide where these are small.
    train: { optimizer: SGD, seed: SEED },
    otherTrain: { optimizer: ADAMW, seed: SEED },
    leastMargin: 1e-5,
    parameters: [...heParameters(everyKind, SEED)].map(([name, { shape, data }]) => [
      name,
      { shape, data: [...data] },
    ]),
    steps: [0, 1].map((step) => ({
      images: [...randomBytes(COUNT * imageBytes, SEED + step)],
      labels: [...randomLabels(COUNT, 3, SEED + step)],
      learningRate: 0.01,
    })),
    profilePrefix,
  });
}

/** A software adapter compiles every pipeline for seconds. */
const TIMEOUT_MS = 300_000;

test("WebGPU gives the oracle's numbers, and runs every node but control flow", {
  timeout: TIMEOUT_MS,
}, async ({ skip }) => {
  const webgpu = (await createNodeOnnxRuntimeBackend().devices()).find(({ id }) => id === "webgpu");
  if (webgpu?.available !== true) return lacking("onnxruntime:webgpu", webgpu?.reason ?? "not known", skip);
  const folder = await mkdtemp(join(tmpdir(), "nin-webgpu-"));
  try {
    const file = join(folder, "case.json");
    await writeFile(file, caseJson(join(folder, "profile")));
    const { stdout } = await promisify(execFile)(process.execPath, [CHILD, file], { maxBuffer: 2 ** 26 });
    expect(JSON.parse(stdout)).toMatchObject({ status: "passed" });
    await checkPlacement(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function checkPlacement(folder: string): Promise<void> {
  const { kernels } = await readProfiles(folder, "profile");
  const onDevice = kernels.filter(({ provider }) => provider === "WebGpuExecutionProvider");
  const kinds = new Set(onDevice.map(({ operator }) => operator));
  for (const kind of [
    "MatMul",
    "Gather",
    "MaxPool",
    "ReduceMax",
    "HardSigmoid",
    "Log",
    "Transpose",
    "Concat",
  ]) {
    expect(kinds).toContain(kind);
  }
  const elsewhere = kernels.filter(({ provider }) => provider !== "WebGpuExecutionProvider");
  expect([...new Set(elsewhere.map(({ operator, provider }) => `${operator} on ${provider}`))]).toEqual([
    "Scan on CPUExecutionProvider",
  ]);
}
