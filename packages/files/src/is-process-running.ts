import { readFile } from "node:fs/promises";

/** Whether there is a process of this number, of any user, that has not ended. */
export async function isProcessRunning(processId: number): Promise<boolean> {
  try {
    process.kill(processId, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  // One that has ended and is not waited for can still be sent signals (Linux).
  const status = await readFile(`/proc/${processId}/stat`, "latin1").catch(() => "");
  return !/^[ZX]/.test(status.slice(status.lastIndexOf(")") + 2));
}
