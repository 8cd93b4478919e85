/**
 * The process of one step: `step-child.js NAME OPTIONS`. It prints its result as a line of JSON; a line before the last
 * is what it has so far, in case it never gets to the last. An error is reported in the same way, with status 1. It ends
 * then, whatever a process that it started still holds open.
 */
import { present } from "@nin/spec";
import type { StepOptions, StepResult } from "./step.js";
import { loadStep } from "./steps/steps.js";

const [name, text] = process.argv.slice(2);
const options = JSON.parse(present(text, "the options")) as StepOptions;
try {
  const step = await loadStep(options.backend, present(name, "the step's name"));
  report(await step(options, report));
} catch (error) {
  console.error(error);
  report({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
process.exit();

function report(result: StepResult): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
