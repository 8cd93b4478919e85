/**
 * A backend's device through checks, then its speed beside PyTorch's; see README.md. Everything goes into one JSON file, which is written anew after each
 * step, so that an interrupted run leaves what it had.
 */

import { dirname, resolve } from "node:path";
import { makeFolders, realFileSystem, writeFileAtomic } from "../../packages/files/dist/index.js";
import { overrideOf } from "./contestants.mjs";
import { describeMachine } from "./environment.mjs";
import { readOptions, USAGE } from "./options.mjs";
import { lineOf, tableOf } from "./report/report.mjs";
import { runStep } from "./steps/step-process.mjs";

/** TF32 as NVIDIA's libraries are told, beside what the backend does by itself. */
const TF32_PROBES = [
  { name: "off", env: overrideOf("off") },
  { name: "on", env: overrideOf("on") },
  { name: "unset", env: { NVIDIA_TF32_OVERRIDE: undefined } },
];

const options = optionsOrExit();
const result = {
  format: "nin-device-check",
  version: 1,
  environment: await describeMachine(options),
  settings: options,
  steps: {},
};
await save();
for (const name of options.steps) {
  result.steps[name] = name === "tf32" ? await probeTf32() : await run(name, overrideOf("off"));
  await save();
  console.error(lineOf(name, result.steps[name]));
}
console.log(tableOf(result));
process.exitCode = Object.values(result.steps).every(({ status }) => status === "passed") ? 0 : 1;

/** With the libraries told not to, there must be no TF32; the rest is for the record. */
async function probeTf32() {
  const probes = {};
  for (const { name, env } of TF32_PROBES) probes[name] = await run("tf32", env);
  const { status, seconds } = probes.off;
  return { status, seconds, probes };
}

async function run(name, env) {
  const left = options.totalSeconds - performance.now() / 1000;
  if (left < 1) return { status: "skipped", seconds: 0, skipped: "no time was left" };
  const { ceilings } = result.steps;
  return runStep(name, ceilings === undefined ? options : { ...options, known: { ceilings } }, {
    env,
    limitSeconds: Math.min(left, options.limitSeconds),
  });
}

async function save() {
  await makeFolders(realFileSystem, dirname(resolve(options.out)));
  await writeFileAtomic(options.out, `${JSON.stringify(result, null, 2)}\n`);
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}
