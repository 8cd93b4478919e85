/**
 * How fast does a backend train beside PyTorch? Both on the same batch in memory, the same threads,
 * in turn, each in a process of its own; see scripts/measure/README.md.
 */

import { loadavg } from "node:os";
import { dirname } from "node:path";
import { makeFolders, realFileSystem, writeFileAtomic } from "../../packages/files/dist/index.js";
import { environment } from "./environment.mjs";
import { checkSameWork } from "./throughput/check.mjs";
import { CHECKING_PEER, MALLOC_TUNED } from "./throughput/contestants.mjs";
import { withMaterial } from "./throughput/material.mjs";
import { readOptions, USAGE } from "./throughput/options.mjs";
import { reportOf } from "./throughput/report.mjs";
import { runRounds } from "./throughput/rounds.mjs";
import { ratiosOf, summaryOf } from "./throughput/statistics.mjs";

/** Above this, others are computing here, and no figure is worth much. */
const QUIET_LOAD = 0.3;

const options = optionsOrExit();
const [loadBefore] = loadavg();
if (loadBefore > QUIET_LOAD)
  console.error(`The machine is busy (load ${loadBefore.toFixed(2)}): not a measurement.`);

const cases = [];
for (const model of options.models) {
  for (const batch of options.batches) cases.push(...(await measureBatch(model, batch)));
}
await makeFolders(realFileSystem, dirname(options.out));
await writeFileAtomic(options.out, `${JSON.stringify(await fileOf(), null, 2)}\n`);

function measureBatch(model, batch) {
  return withMaterial({ model, batch, recipe: options.recipe }, async (material) => {
    const check = await checkSameWork(material, options, [options.contestants[0], CHECKING_PEER]);
    const measured = [];
    for (const mode of options.modes) {
      const contestants = (await runRounds(material, { batch, mode }, options)).map(summaryOf);
      const result = { model, batch, mode, check, ratios: ratiosOf(contestants), contestants };
      console.log(reportOf(result));
      measured.push(result);
    }
    return measured;
  });
}

async function fileOf() {
  const { recipe, rounds, seconds, threads, python } = options;
  return {
    format: "nin-throughput",
    version: 1,
    environment: { ...(await environment(python)), loadBefore },
    settings: { recipe, rounds, seconds, threads, mallocTuned: MALLOC_TUNED },
    cases,
  };
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}
