/**
 * One of the processes of `measure lock-races` that are killed: takes the lock, is in the folder for a moment, gives it
 * back, without end.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isProcessRunning } from "@nin/files";
import { present } from "@nin/spec";
import { answer, importLock, problemOf } from "./lock-module.js";

const [folderArgument, lockModule, filesModule] = process.argv.slice(2);
const folder = present(folderArgument, "the folder");
const lock = await importLock(
  present(lockModule, "the lock's module"),
  present(filesModule, "the file system's module"),
);
const inside = `${folder}.inside`;
process.on("disconnect", () => process.exit());

for (;;) {
  try {
    const held = await lock.RunLock.take(lock.files, folder);
    await enter();
    await delay(Math.random() * 2);
    rmSync(inside, { force: true });
    answer({ held: true });
    await held.release();
  } catch (error) {
    const { code, message } = problemOf(error);
    if (code !== "NIN_RUN_LOCKED") answer({ oddError: message });
    await delay(Math.random() * 3);
  }
}

/** Reports another process that is inside too; one that was killed there does not count. */
async function enter(): Promise<void> {
  try {
    writeMark();
  } catch {
    const other = Number(readFileSync(inside, "utf8"));
    if (other > 0 && (await isProcessRunning(other))) answer({ both: other });
    rmSync(inside, { force: true });
    writeMark();
  }
}

function writeMark(): void {
  const file = openSync(inside, "wx");
  writeSync(file, `${process.pid}`);
  closeSync(file);
}
