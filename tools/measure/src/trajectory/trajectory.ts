/**
 * Does a backend train as PyTorch does? Losses, logits and updates of the same run, same weights,
 * batches and dropout masks, judged against PyTorch in float64; see scripts/measure/README.md.
 */

import { dirname } from "node:path";
import { makeFolders, realFileSystem, writeFileAtomic } from "../../packages/files/dist/index.js";
import { environment } from "./environment.mjs";
import { measure } from "./trajectory/measure.mjs";
import { readOptions, USAGE } from "./trajectory/options.mjs";
import { LOGIT_IMAGES, runOracle } from "./trajectory/oracle.mjs";
import { OracleFolder } from "./trajectory/oracle-folder.mjs";
import { reportOf } from "./trajectory/report.mjs";

const options = optionsOrExit();
const { architecture, recipe, steps, segment } = options;
const folder = await OracleFolder.open(options.oracle, { architecture, recipe, steps, segment });
try {
  const segments = await runOracle(options, folder);
  const result = await measure(options, segments);
  await makeFolders(realFileSystem, dirname(options.out));
  await writeFileAtomic(options.out, `${JSON.stringify(await fileOf(segments, result), null, 2)}\n`);
  console.log(reportOf(result));
  process.exitCode = result.passed ? 0 : 1;
} finally {
  await folder.close();
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function fileOf([{ spread }], { passed, ...judged }) {
  const { backend, device = "default", threads, python, run } = options;
  return {
    format: "nin-trajectory",
    version: 1,
    passed,
    environment: await environment(python),
    run,
    backend: { id: backend, device, threads },
    oracle: {
      precision: "float64",
      perturbedRuns: spread.runs,
      perturbation: 2 ** -23,
      logitImages: LOGIT_IMAGES,
    },
    ...judged,
  };
}
