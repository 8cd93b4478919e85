import { DeviceLostError } from "@nin/backend";
import type { Terminal } from "./terminal.js";
import { resumeTraining, type TrainingOutcome } from "./training.js";

/** A device that is lost so often will be lost again. */
const MAX_RETRIES = 5;

/**
 * A training that goes on from its last checkpoint, on the device opened anew, when the device was
 * lost. Throws: `DeviceLostError` when it is lost too often.
 */
export async function retryingLost(
  train: () => Promise<TrainingOutcome>,
  folder: string,
  terminal: Terminal,
  options: { readonly maxSteps?: number } = {},
): Promise<TrainingOutcome> {
  let next = train;
  for (let retry = 1; ; retry += 1) {
    try {
      return await next();
    } catch (error) {
      if (!(error instanceof DeviceLostError) || retry > MAX_RETRIES) throw error;
      terminal.note(`${error.message} (try ${retry} of ${MAX_RETRIES})`);
      next = () => resumeTraining(folder, options, terminal);
    }
  }
}
