import { loadBackend } from "@nin/registry";
import { at } from "@nin/spec";
import { Command } from "commander";
import { outOption, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";
import { architectureOf, collectGarbage, openTraining } from "./support/sample-training.js";

/** The number of steps between samples. At the first sample the runtime's arenas have their sizes. */
const SAMPLED = 100;

interface Options {
  readonly backend: string;
  readonly device: string;
  readonly model: string;
  readonly batchSize: number;
  readonly steps: number;
  readonly out?: string;
}

/** The process after so many steps. */
interface MemorySample {
  readonly step: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

export function memoryOverStepsCommand(): Command {
  return new Command("memory-over-steps")
    .description("whether a process grows while it trains (start Node with --expose-gc to leave out garbage)")
    .option("--backend <id>", "backend to train on", "tfjs")
    .option("--device <id>", "device of the backend", "tensorflow")
    .option("--model <name>", "built-in network", "nin-mnist")
    .option("--batch-size <n>", "number of images in a batch", positiveInteger, 16)
    .option("--steps <n>", `number of steps, ${SAMPLED} or more`, positiveInteger, 1000)
    .addOption(outOption())
    .action(async (options: Options, command: Command) => {
      const { backend, device, model, batchSize: batch, steps, out } = options;
      if (steps < SAMPLED) command.error(`--steps: expected ${SAMPLED} or more, got ${steps}`);
      const start = performance.now();
      const samples = await samplesOf(options);
      const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
      const [first, last] = [at(samples, 0), at(samples, -1)];
      console.log(`${steps} steps in ${seconds} s: from ${first.rssBytes} to ${last.rssBytes} bytes`);
      if (out === undefined) return;
      const settings = { backend, device, model, batch, steps, seconds };
      await writeResult(out, {
        format: "nin-memory-over-steps",
        version: 1,
        environment: await environment(),
        ...settings,
        rssGrownBytes: last.rssBytes - first.rssBytes,
        samples,
      });
    });
}

async function samplesOf({
  backend,
  device,
  model,
  batchSize,
  steps,
}: Options): Promise<readonly MemorySample[]> {
  const training = await openTraining(await loadBackend(backend), device, {
    architecture: architectureOf(model),
    batch: batchSize,
  });
  const samples: MemorySample[] = [];
  for (let step = 0; step < steps; step += 1) {
    await training.step(step);
    if ((step + 1) % SAMPLED !== 0) continue;
    await training.session.metrics();
    collectGarbage();
    const { rss, heapUsed } = process.memoryUsage();
    samples.push({ step: step + 1, rssBytes: rss, heapBytes: heapUsed });
  }
  await training.model.dispose();
  return samples;
}
