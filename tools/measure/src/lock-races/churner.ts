/** One of the processes of `lock-races.mjs` that are killed: takes the lock, is in the folder for a moment, gives it back, without end. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const [folder, lockModule, filesModule] = process.argv.slice(2);
const { RunLock } = await import(lockModule);
const { realFileSystem } = await import(filesModule);
const inside = `${folder}.inside`;
process.on("disconnect", () => process.exit());

for (;;) {
  try {
    const lock = await RunLock.take(realFileSystem, folder);
    enter();
    await delay(Math.random() * 2);
    rmSync(inside, { force: true });
    process.send({ held: true });
    await lock.release();
  } catch (error) {
    if (error.code !== "NIN_RUN_LOCKED") process.send({ oddError: error.message });
    await delay(Math.random() * 3);
  }
}

/** Reports another process that is inside too; one that was killed there does not count. */
function enter() {
  try {
    writeMark();
  } catch {
    const other = Number(readFileSync(inside, "utf8"));
    if (other > 0 && runs(other)) process.send({ both: other });
    rmSync(inside, { force: true });
    writeMark();
  }
}

function writeMark() {
  const file = openSync(inside, "wx");
  writeSync(file, `${process.pid}`);
  closeSync(file);
}

function runs(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
