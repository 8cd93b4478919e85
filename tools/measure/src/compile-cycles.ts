/**
 * Does a process grow by compiling models and disposing of them? Its resident memory over many cycles of
 * compile, one prediction, one training step and dispose. See scripts/measure/README.md.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadBackend } from "../../packages/registry/dist/index.js";
import { parseArchitecture } from "../../packages/spec/dist/index.js";
import { environment } from "./environment.mjs";

const { values: options } = parseArgs({
  options: {
    device: { type: "string", multiple: true, default: ["onnxruntime:webgpu"] },
    cycles: { type: "string", default: "300" },
    work: { type: "string", default: "train" },
    child: { type: "string" },
    out: { type: "string" },
  },
});
const cycles = Number(options.cycles);
const every = Math.max(1, Math.floor(cycles / 12));

if (options.child !== undefined) {
  process.stdout.write(`${JSON.stringify(await measure(options.child))}\n`, () => process.exit());
} else {
  const results = options.device.map((device) => {
    const args = ["--expose-gc", fileURLToPath(import.meta.url), "--child", device];
    const more = ["--cycles", options.cycles, "--work", options.work];
    const child = spawnSync(process.execPath, [...args, ...more], { stdio: ["ignore", "pipe", "inherit"] });
    const result = JSON.parse(child.stdout.toString());
    console.log(JSON.stringify(result));
    return result;
  });
  if (options.out !== undefined) {
    const file = { format: "nin-compile-cycles", version: 1, environment: await environment(), cycles };
    await writeFile(
      options.out,
      `${JSON.stringify({ ...file, work: options.work, results }, undefined, 2)}\n`,
    );
  }
}

async function measure(name) {
  const [id, device] = name.split(":");
  const backend = await loadBackend(id);
  const architecture = parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "cycles",
    input: { channels: 1, height: 12, width: 12 },
    layers: [
      { kind: "conv2d", outChannels: 8, kernelSize: 3, padding: 1 },
      { kind: "relu" },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
    ],
  });
  const input = { shape: [2, 1, 12, 12], data: Float32Array.from({ length: 288 }, (_, at) => (at % 7) / 7) };
  const batch = { input, labels: Uint8Array.of(1, 2) };
  const samples = [];
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const model = await backend.compile(architecture, { device, maxBatch: 2 });
    if (options.work !== "none") await model.predict({ input });
    if (options.work === "train") {
      const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: 0 };
      const session = await model.train({ optimizer, seed: 1 });
      await session.step(batch, { learningRate: 0.01 });
      await session.metrics();
      await session.dispose();
    }
    await model.dispose();
    // Without JavaScript's garbage, which holds native memory until it is collected.
    globalThis.gc?.();
    await setTimeout(1);
    if (cycle % every !== 0 && cycle !== 1) continue;
    await setTimeout(20);
    const threads = readFileSync("/proc/self/status", "utf8").match(/^Threads:\s+(\d+)/m)?.[1];
    const residentMiB = Math.round(process.memoryUsage.rss() / 2 ** 18) / 4;
    samples.push({ cycle, residentMiB, threads: Number(threads) });
  }
  const [early, last] = [samples[Math.floor(samples.length / 3)], samples.at(-1)];
  const kibPerCycle = (1024 * (last.residentMiB - early.residentMiB)) / (last.cycle - early.cycle);
  return { device: name, kibPerCycle: Math.round(kibPerCycle), samples };
}
