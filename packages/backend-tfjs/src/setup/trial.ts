import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { companionModule } from "@nin/files";
import type { TensorFlowVariant } from "../devices/installed.js";
import { type ProgramOptions, reasonOf, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";

/** What a setup's TensorFlow says of itself. */
export interface Trial {
  readonly tensorFlowVersion: string;
  readonly tfjsVersion: string;
}

/**
 * Loads what was made in a process of its own, and trains a small network with it.
 *
 * @throws `SetupError`.
 */
export async function tryOut(
  entry: string,
  variant: TensorFlowVariant,
  options: ProgramOptions,
): Promise<Trial> {
  const child = companionModule({
    from: import.meta.url,
    specifier: "@nin/backend-tfjs/trial-child",
  });
  const end = await runProgram(process.execPath, [fileURLToPath(child), entry, variant], options);
  if (end.status !== 0) {
    throw new SetupError(
      `the TensorFlow that was made does not work: ${reasonOf(end)}`,
      "it was taken away; run the command again, which makes it anew",
    );
  }
  const { version } = JSON.parse(readFileSync(join(entry, "package.json"), "utf8")) as { version: string };
  return { tensorFlowVersion: end.stdout.trim(), tfjsVersion: version };
}
