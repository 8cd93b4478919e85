import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createOnnxRuntimeBackend } from "@nin/backend-onnxruntime";
import { createReferenceBackend } from "@nin/backend-reference";
import { elementCount, type Parameters, type Tensor } from "@nin/spec";
import { expect, test } from "vitest";
import { expectTensors } from "./testing/expect-tensor.js";
import { ADAMW, SGD } from "./testing/optimizers.js";
import { profiledNodes } from "./testing/profile.js";
import { everyKind } from "./testing/program-zoo.js";
import { heParameters } from "./testing/random-case.js";
import { randomBytes, randomLabels } from "./testing/random-tensors.js";
import { lacking } from "./testing/requirements.js";
import {
  difference,
  runTrajectory,
  type TrajectoryPlan,
  trajectoryDistance,
  trajectoryTolerance,
} from "./testing/trajectory.js";

const IMAGES = { channels: 1, height: 9, width: 8, preprocessing: { mean: 0.3, std: 0.4 } } as const;
const SEED = 4;
const COUNT = 3;

interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Results {
  readonly loss: number;
  readonly gradients: readonly (readonly [string, PlainTensor])[];
  readonly losses: readonly number[];
  readonly otherLosses: readonly number[];
  readonly parameters: readonly (readonly [string, PlainTensor])[];
  readonly logits: PlainTensor;
}

const CHILD = fileURLToPath(new URL("testing/train-on-webgpu.mjs", import.meta.url));
const floats = ({ shape, data }: PlainTensor): Tensor => ({ shape, data: Float32Array.from(data) });
const tensors = (plain: Results["gradients"]): Parameters =>
  new Map(plain.map(([name, tensor]) => [name, floats(tensor)]));

const imageBytes = elementCount([IMAGES.channels, IMAGES.height, IMAGES.width]);
const batchOf = (step: number) => ({
  images: randomBytes(COUNT * imageBytes, SEED + step),
  labels: randomLabels(COUNT, 3, SEED + step),
});
const plan: TrajectoryPlan = {
  // AdamW's first updates are nearly signs of gradients, which roundings decide where these are small.
  train: { optimizer: SGD, seed: SEED },
  parameters: heParameters(everyKind, SEED),
  steps: [0, 1].map((step) => ({ batch: batchOf(step), learningRate: 0.01 })),
};

/** The case as the child process reads it. */
function caseJson(profilePrefix: string): string {
  return JSON.stringify({
    architecture: everyKind,
    images: IMAGES,
    maxBatch: COUNT,
    train: plan.train,
    otherTrain: { ...plan.train, optimizer: ADAMW },
    parameters: [...plan.parameters].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
    steps: plan.steps.map(({ learningRate }, step) => {
      const { images, labels } = batchOf(step);
      return { images: [...images], labels: [...labels], learningRate };
    }),
    profilePrefix,
  });
}

test("WebGPU gives the oracle's numbers, and runs every node but control flow", async ({ skip }) => {
  const webgpu = (await createOnnxRuntimeBackend().devices()).find(({ id }) => id === "webgpu");
  if (webgpu?.available !== true) return lacking("onnxruntime:webgpu", webgpu?.reason ?? "not known", skip);
  const folder = await mkdtemp(join(tmpdir(), "nin-webgpu-"));
  try {
    const file = join(folder, "case.json");
    await writeFile(file, caseJson(join(folder, "profile")));
    const { stdout } = await promisify(execFile)(process.execPath, [CHILD, file], { maxBuffer: 2 ** 26 });
    await compareWithOracle(JSON.parse(stdout));
    await checkPlacement(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function compareWithOracle(actual: Results): Promise<void> {
  const oracle = await createReferenceBackend().compile(everyKind, { images: IMAGES });
  await oracle.writeParameters(plan.parameters);
  expect((await oracle.margin(batchOf(0))).smallest).toBeGreaterThanOrEqual(1e-5);
  const { loss, gradients } = await oracle.gradients(batchOf(0));
  expect(actual.loss).toBeCloseTo(loss, 5);
  expectTensors(tensors(actual.gradients), gradients, "gradient");
  const expected = await runTrajectory(oracle, plan);
  const tolerance = await trajectoryTolerance(oracle, plan, expected);
  if (tolerance === undefined) throw new Error("the case depends on its roundings");
  const updates = difference(tensors(actual.parameters), plan.parameters);
  const distance = trajectoryDistance({ ...actual, logits: floats(actual.logits), updates }, expected);
  expect(distance.losses, "losses").toBeLessThanOrEqual(tolerance.losses);
  expect(distance.logits, "logits").toBeLessThanOrEqual(tolerance.logits);
  for (const [name, allowed] of tolerance.updates) {
    expect(distance.updates.get(name), `update of ${name}`).toBeLessThanOrEqual(allowed);
  }
  expect(actual.otherLosses).toEqual([expect.any(Number)]);
}

async function checkPlacement(folder: string): Promise<void> {
  const nodes = await profiledNodes(folder);
  const onDevice = nodes.filter(({ provider }) => provider === "WebGpuExecutionProvider");
  const kinds = new Set(onDevice.map(({ opType }) => opType));
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
  const elsewhere = nodes.filter(({ provider }) => provider !== "WebGpuExecutionProvider");
  expect([...new Set(elsewhere.map(({ opType, provider }) => `${opType} on ${provider}`))]).toEqual([
    "Scan on CPUExecutionProvider",
  ]);
}
