import { DeviceLostError } from "@nin/backend";
import type { Terminal } from "../terminal/terminal.js";

/** A device that is lost more often will be lost again. */
const MAX_RETRIES = 5;

/**
 * Runs work, and resumes it on the reopened device each time the device is lost.
 *
 * @throws `DeviceLostError` when it is lost too often; whatever else the work throws
 */
export async function retryLost<Outcome>(
  work: () => Promise<Outcome>,
  resume: () => Promise<Outcome>,
  terminal: Pick<Terminal, "note">,
): Promise<Outcome> {
  let next = work;
  for (let retry = 1; ; retry += 1) {
    try {
      return await next();
    } catch (error) {
      if (!(error instanceof DeviceLostError) || retry > MAX_RETRIES) throw error;
      terminal.note(`${error.message} (attempt ${retry} of ${MAX_RETRIES})`);
      next = resume;
    }
  }
}
