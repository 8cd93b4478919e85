import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How a program in a terminal ended, and all that it wrote. */
export interface TerminalOutcome {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
  /** The time from the last Ctrl-C to its end. */
  readonly endMs: number;
}

/** When Ctrl-C is typed. */
export interface Typing {
  /** The working directory. */
  readonly work: string;
  /** Whether the moment has come from which the first delay is counted. */
  isMoment(): Promise<boolean>;
  readonly delaysMs: readonly number[];
}

const IN_TERMINAL = fileURLToPath(new URL("./in-terminal.js", import.meta.url));
const CTRL_C = "\u0003";
const ESC = "\u001b";
const COLUMNS = 100;
const POLLING_MS = 3;

/** Runs `node ARGS` on a pseudo-terminal, waits until the moment has come, and types Ctrl-C after each delay in turn. */
export async function typeCtrlC(
  args: readonly string[],
  { work, isMoment, delaysMs }: Typing,
): Promise<TerminalOutcome> {
  const file = join(work, "ended.json");
  const words = [process.execPath, IN_TERMINAL, file, process.execPath, ...args];
  const command = `stty cols ${COLUMNS}; exec ${words.map((word) => `'${word}'`).join(" ")}`;
  const child = spawn("script", ["-qfc", command, "/dev/null"], {
    cwd: work,
    stdio: ["pipe", "pipe", "inherit"],
  });
  // The program may have ended before the last Ctrl-C is typed.
  child.stdin.on("error", () => {});
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
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
  const ended = JSON.parse(await readFile(file, "utf8")) as Pick<TerminalOutcome, "status" | "signal">;
  return { ...ended, output, endMs: performance.now() - typedAt };
}

/** What a terminal was left with that it should not be. */
export function leftInTerminal(output: string): readonly string[] {
  const found: string[] = [];
  if (output.lastIndexOf(`${ESC}[?25l`) > output.lastIndexOf(`${ESC}[?25h`))
    found.push("the cursor is hidden");
  if (/^\s+at |Error|terminate called|throw /m.test(output)) found.push("a stack trace");
  // When a bar is taken away, whatever stands below the cursor's place is cleared.
  const bar = output.lastIndexOf("[=");
  if (bar >= 0 && !output.slice(bar).includes(`${ESC}[J`) && !output.slice(bar).includes(`${ESC}[0J`)) {
    found.push("the progress bar");
  }
  return found;
}
