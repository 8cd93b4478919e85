/**
 * A process, started by its file, that tries whether an installed TensorFlow computes correctly.
 *
 * @packageDocumentation
 * @internal
 */
import { type Architecture, at, initialParameters, parseArchitecture } from "@nin/spec";
import { createTensorFlowBackend } from "./backend.js";
import { openCpu } from "./devices/cpu.js";
import { openPackage } from "./devices/tensorflow.js";
import type { Runtime } from "./runtime/runtime.js";

/** Two right programs differ by roundings of float32 sums. */
const TOLERANCE = 1e-5;

/**
 * Loads a copy of tfjs-node, trains two steps with it and in plain JavaScript, compares the losses, and writes
 * TensorFlow's version. Run by `tryOut`.
 */
const [entry = "", variant = "cpu"] = process.argv.slice(2);
try {
  const runtime = await openPackage({ name: entry, entry, gpu: variant === "cuda" });
  const losses = await lossesOf(runtime);
  const expected = await lossesOf(await openCpu());
  const agree = losses.every((loss, step) => Math.abs(loss / at(expected, step) - 1) <= TOLERANCE);
  if (!agree) throw new Error(`its losses are ${losses.join(", ")} instead of ${expected.join(", ")}`);
  process.stdout.write(`${versionOf(runtime)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function lossesOf(runtime: Runtime): Promise<readonly number[]> {
  const device = { id: runtime.device, name: entry, available: true };
  const backend = createTensorFlowBackend({ list: async () => [device], open: async () => runtime });
  const architecture = smallNetwork();
  const model = await backend.compile(architecture, { maxBatch: 2 });
  const init = { weight: "heUniform", bias: "zeros", overrides: {} } as const;
  await model.writeParameters(initialParameters(architecture, init, 0));
  const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0 } as const;
  const session = await model.train({ optimizer, seed: 0 });
  const input = { shape: [2, 1, 12, 12], data: Float32Array.from({ length: 288 }, (_, i) => (i % 7) / 7) };
  for (let step = 0; step < 2; step += 1)
    await session.step({ input, labels: Uint8Array.of(0, 1) }, optimizer);
  const { losses } = await session.metrics();
  await model.dispose();
  return losses;
}

function smallNetwork(): Architecture {
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "trial",
    input: { channels: 1, height: 12, width: 12 },
    layers: [
      { kind: "ninBlock", outChannels: 8, kernelSize: 5, padding: 2 },
      { kind: "maxPool2d", kernelSize: 3, stride: 2 },
      { kind: "dropout", rate: 0.5 },
      { kind: "conv2d", outChannels: 2, kernelSize: 3 },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
    ],
  });
}

function versionOf({ tf }: Runtime): string {
  const { binding } = tf.findBackend("tensorflow") as unknown as {
    readonly binding: { readonly TF_Version: string };
  };
  return binding.TF_Version;
}
