/** Does a backend's process grow while it trains? See scripts/measure/README.md. */

import { parseArgs } from "node:util";
import { writeFileAtomic } from "../../packages/files/dist/index.js";
import { loadBackend } from "./backends.mjs";
import { environment } from "./environment.mjs";
import { architectureOf, openTraining } from "./webgpu-lifetime/runs.mjs";

const { values: options } = parseArgs({
  options: {
    backend: { type: "string", default: "tfjs" },
    device: { type: "string", default: "tensorflow" },
    model: { type: "string", default: "nin-mnist" },
    "batch-size": { type: "string", default: "16" },
    steps: { type: "string", default: "1000" },
    out: { type: "string" },
  },
});
const [steps, batch] = [Number(options.steps), Number(options["batch-size"])];
/** Steps between samples. At the first one the runtime's arenas have their sizes. */
const SAMPLED = 100;
if (!(steps >= SAMPLED)) throw new Error(`--steps: expected ${SAMPLED} or more, got ${options.steps}`);

const samples = [];
const start = performance.now();
await train();
const seconds = (performance.now() - start) / 1000;
const [first, last] = [samples[0], samples.at(-1)];
const result = {
  format: "nin-memory-over-steps",
  version: 1,
  environment: await environment(),
  backend: options.backend,
  device: options.device,
  model: options.model,
  batch,
  steps,
  seconds: Number(seconds.toFixed(1)),
  rssGrownBytes: last.rssBytes - first.rssBytes,
  samples,
};
console.log(`${steps} steps in ${result.seconds} s: from ${first.rssBytes} to ${last.rssBytes} bytes`);
if (options.out !== undefined)
  await writeFileAtomic(options.out, `${JSON.stringify(result, undefined, 2)}\n`);
process.exit(0);

async function train() {
  const training = await openTraining(await loadBackend(options.backend), options.device, {
    architecture: architectureOf(options.model),
    batch,
  });
  for (let step = 0; step < steps; step += 1) {
    await training.step(step);
    if ((step + 1) % SAMPLED !== 0) continue;
    await training.session.metrics();
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    samples.push({ step: step + 1, rssBytes: rss, heapBytes: heapUsed });
  }
  await training.model.dispose();
}
