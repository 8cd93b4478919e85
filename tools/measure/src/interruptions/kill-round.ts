import { existsSync } from "node:fs";
import { join } from "node:path";
import { brokenCheckpoints, differencesOf, latestStep, readRun } from "./run-content.mjs";
import { killTraining, runTraining } from "./training.mjs";

/**
 * Trains in a folder, is killed at each of the moments in turn, and goes on to the end.
 *
 * @returns what each kill left, and what is not as in the uninterrupted run.
 */
export async function killAndResume({ work, folder, backend, moments, expected }) {
  const run = join(work, folder);
  const kills = [];
  const differences = [];
  for (const moment of moments) {
    await killTraining({ work, folder, backend, ...moment });
    const step = await latestStep(run);
    const begun = existsSync(join(run, "config.json"));
    const ended = existsSync(join(run, "report.html")) && `${step}` === expected.latest;
    kills.push({ step, found: ended ? "ended" : begun ? "training" : "nothing" });
    differences.push(...(await brokenCheckpoints(run)));
  }
  try {
    await runTraining({ work, folder, backend });
    differences.push(...differencesOf(await readRun(run), expected));
  } catch (error) {
    differences.push(error.message);
  }
  return { kills, differences };
}
