import type { Architecture, Recipe } from "@nin/spec";
import type { Implementation } from "../implementations/targets.js";
import { ImplementationProcess } from "../protocol/implementation-process.js";
import { type JobSettings, Workload } from "../workload/workload.js";

/** The network of a measurement that is not part of a case. */
export interface SingleWork {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly batch: number;
}

/**
 * Uses a process of an implementation that nothing else shares, and ends it with its files. Gives what `use`
 * returns, or the reason of a failure.
 */
export async function withProcess<Result>(
  { command }: Implementation,
  { architecture, recipe, batch }: SingleWork,
  settings: JobSettings,
  signal: AbortSignal,
  use: (process: ImplementationProcess) => Promise<Result>,
): Promise<Result | string> {
  const workload = await Workload.write(architecture, recipe, batch);
  const process = new ImplementationProcess(command, await workload.job(settings));
  const kill = (): void => process.kill();
  signal.addEventListener("abort", kill, { once: true });
  try {
    return await use(process);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    signal.removeEventListener("abort", kill);
    process.kill();
    await workload.remove();
  }
}
