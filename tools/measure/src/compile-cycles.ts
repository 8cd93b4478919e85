import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { loadBackend } from "@nin/registry";
import { at, parseArchitecture, present } from "@nin/spec";
import { Command, Option } from "commander";
import { outOption, type Place, placesOption, placesOr, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";
import { collectGarbage } from "./support/sample-training.js";

const DEVICES = ["onnxruntime:webgpu"];
/** The number of samples in a result. */
const SAMPLES = 12;
/** What a process is told by the one that measures: the device to measure there. */
const CHILD = "NIN_COMPILE_CYCLES_DEVICE";

interface Options {
  readonly device?: readonly Place[];
  readonly cycles: number;
  readonly work: "train" | "predict" | "none";
  readonly out?: string;
}

const ARCHITECTURE = parseArchitecture({
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

export function compileCyclesCommand(): Command {
  return new Command("compile-cycles")
    .description("whether a process grows by compiling models and disposing of them")
    .addOption(placesOption(DEVICES))
    .option("--cycles <n>", "number of models for each device", positiveInteger, 300)
    .addOption(
      new Option("--work <work>", "what each model does")
        .choices(["train", "predict", "none"])
        .default("train"),
    )
    .addOption(outOption())
    .action(async (options: Options) => {
      const places = placesOr(options.device, DEVICES);
      if (process.env[CHILD] !== undefined) {
        const place = places.find(({ name }) => name === process.env[CHILD]);
        process.stdout.write(`${JSON.stringify(await measure(present(place, CHILD), options))}\n`);
        return;
      }
      const results = places.map(measureInProcess);
      const { cycles, work, out } = options;
      if (out === undefined) return;
      const file = {
        format: "nin-compile-cycles",
        version: 1,
        environment: await environment(),
        cycles,
        work,
      };
      await writeResult(out, { ...file, results });
    });
}

/** Measures a device in a process of its own: this command once more, with the garbage collector exposed. */
function measureInProcess({ name }: Place): unknown {
  const args = ["--expose-gc", ...process.argv.slice(1)];
  const { status, signal, stdout } = spawnSync(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, [CHILD]: name },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${name}: the process ended with ${signal ?? `status ${status}`}`);
  const line = at(stdout.trimEnd().split("\n"), -1);
  console.log(line);
  return JSON.parse(line);
}

async function measure({ name, backend: id, device }: Place, { cycles, work }: Options) {
  const backend = await loadBackend(id);
  const input = {
    shape: [2, 1, 12, 12],
    data: Float32Array.from({ length: 288 }, (_, index) => (index % 7) / 7),
  };
  const every = Math.max(1, Math.floor(cycles / SAMPLES));
  const samples: { cycle: number; residentMiB: number; threads: number }[] = [];
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const model = await backend.compile(ARCHITECTURE, { device, maxBatch: 2 });
    if (work !== "none") await model.predict({ input });
    if (work === "train") {
      const optimizer = { kind: "sgd", learningRate: 0.01, momentum: 0.9, weightDecay: 0 } as const;
      const session = await model.train({ optimizer, seed: 1 });
      await session.step({ input, labels: Uint8Array.of(1, 2) }, optimizer);
      await session.metrics();
      await session.dispose();
    }
    await model.dispose();
    collectGarbage();
    await setTimeout(1);
    if (cycle % every !== 0 && cycle !== 1) continue;
    await setTimeout(20);
    const residentMiB = Math.round(process.memoryUsage.rss() / 2 ** 18) / 4;
    samples.push({ cycle, residentMiB, threads: threadCount() });
  }
  const [early, last] = [at(samples, Math.floor(samples.length / 3)), at(samples, -1)];
  const kibPerCycle = (1024 * (last.residentMiB - early.residentMiB)) / (last.cycle - early.cycle);
  return { device: name, kibPerCycle: Math.round(kibPerCycle), samples };
}

function threadCount(): number {
  return Number(/^Threads:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}
