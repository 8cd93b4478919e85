import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const IN_TERMINAL = fileURLToPath(new URL("./in-terminal.mjs", import.meta.url));
const CTRL_C = "\u0003";
const COLUMNS = 100;
/** Units: milliseconds. */
const POLLING_MS = 3;

/**
 * Runs `node ARGS` on a pseudo-terminal, waits until `isMoment`, and types Ctrl-C after each of the delays in turn.
 *
 * @returns how it ended (its own status or the signal that killed it), and all that it wrote.
 */
export async function interrupted(args, { work, isMoment, delaysMs }) {
  const file = join(work, "ended.json");
  const words = [process.execPath, IN_TERMINAL, file, process.execPath, ...args];
  const command = `stty cols ${COLUMNS}; exec ${words.map((word) => `'${word}'`).join(" ")}`;
  const child = spawn("script", ["-qfc", command, "/dev/null"], {
    cwd: work,
    stdio: ["pipe", "pipe", "inherit"],
  });
  // It may have ended before the last of them is typed.
  child.stdin.on("error", () => {});
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  let isOver = false;
  const closed = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve)).then(() => {
    isOver = true;
  });
  while (!isOver && !(await isMoment())) await setTimeout(POLLING_MS);
  for (const delayMs of delaysMs) {
    await Promise.race([closed, setTimeout(delayMs)]);
    if (isOver) break;
    child.stdin.write(CTRL_C);
  }
  const typedAt = performance.now();
  await closed;
  const ended = JSON.parse(await readFile(file, "utf8"));
  return { ...ended, output, endMs: performance.now() - typedAt };
}

const ESC = "\u001b";

/** What a terminal was left with that it should not be. */
export function leftInTerminal(output) {
  const found = [];
  if (output.lastIndexOf(`${ESC}[?25l`) > output.lastIndexOf(`${ESC}[?25h`))
    found.push("the cursor is hidden");
  if (/^\s+at |Error|terminate called|throw /m.test(output)) found.push("a stack trace");
  // Whatever stands below the cursor's place is cleared when a bar is taken away.
  const bar = output.lastIndexOf("[=");
  if (bar >= 0 && !output.slice(bar).includes(`${ESC}[J`) && !output.slice(bar).includes(`${ESC}[0J`)) {
    found.push("the progress bar");
  }
  return found;
}
