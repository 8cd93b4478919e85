/** One of the processes of `measure lock-races`: takes the lock of a folder at a given moment, and holds it until it may let go. */

import { present } from "@nin/spec";
import type { RunLock } from "@nin/training/node";
import { answer, importLock, problemOf } from "./lock-module.js";

/** What a contender is asked: to take the lock at a moment, or to give it back. */
type Request = { readonly take: string; readonly at: number } | { readonly release: true };

const [lockModule, filesModule] = process.argv.slice(2);
const lock = await importLock(
  present(lockModule, "the lock's module"),
  present(filesModule, "the file system's module"),
);
let held: RunLock | undefined;

process.on("message", async (request: Request) => {
  if ("release" in request) {
    await held?.release();
    held = undefined;
    answer({ released: true });
    return;
  }
  while (performance.timeOrigin + performance.now() < request.at);
  try {
    held = await lock.RunLock.take(lock.files, request.take);
    answer({ took: true });
  } catch (error) {
    answer({ took: false, ...problemOf(error) });
  }
});
answer({ ready: true });
