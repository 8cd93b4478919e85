import { resolve } from "node:path";
import { writeResult } from "@nin/measure";
import { InvalidArgumentError } from "commander";
import { describeMachine } from "./machine.js";
import { type GpuOptions, gpuCommand, optionsOf } from "./options.js";
import { lineOf, tableOf } from "./report.js";
import type { CeilingsResult, FinishedStep, StepOptions } from "./step.js";
import { runStep } from "./step-process.js";
import { tf32Environment } from "./steps/nin.js";

/** TF32 as NVIDIA's libraries are told to use it, and what the backend does by itself. */
const TF32_PROBES = [
  { name: "off", env: tf32Environment(false) },
  { name: "on", env: tf32Environment(true) },
  { name: "unset", env: { NVIDIA_TF32_OVERRIDE: undefined } },
] as const;

/** Keys of the result's file that differ from the names of their steps, so that results of earlier versions compare. */
const KEYS: Readonly<Record<string, string>> = { "cpu-comparison": "beside-cpu" };

const command = gpuCommand();
const options = optionsOrExit();
const steps: Record<string, FinishedStep> = {};
const result = {
  format: "nin-device-check",
  version: 1,
  environment: await describeMachine(options),
  settings: options,
  steps,
};
await save();
for (const name of options.steps) {
  const step = name === "tf32" ? await probeTf32() : await run(name, tf32Environment(false));
  steps[KEYS[name] ?? name] = step;
  // Anew after each step, so that an interrupted run leaves what it had.
  await save();
  console.error(lineOf(name, step));
}
console.log(tableOf(result));
process.exitCode = Object.values(steps).every(({ status }) => status === "passed") ? 0 : 1;

/** With the libraries told not to, there must be no TF32; the other probes are for the record. */
async function probeTf32(): Promise<FinishedStep> {
  const off = await run("tf32", TF32_PROBES[0].env);
  const probes: Record<string, FinishedStep> = { off };
  for (const { name, env } of TF32_PROBES.slice(1)) probes[name] = await run("tf32", env);
  const { status, seconds } = off;
  return { status, seconds, probes };
}

async function run(name: string, env: NodeJS.ProcessEnv): Promise<FinishedStep> {
  const leftSeconds = options.totalSeconds - performance.now() / 1000;
  if (leftSeconds < 1) return { status: "skipped", seconds: 0, skipped: "no time was left" };
  const { ceilings } = steps;
  const stepOptions: StepOptions =
    ceilings === undefined ? options : { ...options, ceilings: ceilings as CeilingsResult };
  return runStep(name, stepOptions, { env, limitSeconds: Math.min(leftSeconds, options.limitSeconds) });
}

async function save(): Promise<void> {
  await writeResult(resolve(options.out), result);
}

function optionsOrExit(): GpuOptions {
  try {
    command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
    return optionsOf(command.parse());
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
