import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const NIN: string = fileURLToPath(new URL("../../bin/nin.js", import.meta.url));

/** How a command ended, and all it wrote. */
export interface CommandResult {
  /** None where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NinOptions {
  /** The folder it is called in. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another Node than this one. */
  readonly node?: string;
  /** A program and its arguments that are given the command to run. */
  readonly via?: readonly string[];
}

/** A command under way. */
export interface RunningNin {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly written: Readonly<Pick<CommandResult, "stdout" | "stderr">>;
  readonly ended: Promise<CommandResult>;
  /**
   * Waits until a pattern stands in what it wrote to stdout.
   *
   * @throws when it ended without.
   */
  until(pattern: RegExp): Promise<void>;
}

/** Runs `node bin/nin.js` to its end, in a process of its own. */
export function nin(args: readonly string[], options: NinOptions): Promise<CommandResult> {
  return startNin(args, options).ended;
}

/** Has bash run a script in which `"$@"` is the command. */
export function viaBash(script: string): readonly string[] {
  return ["bash", "-c", script, "bash"];
}

export function startNin(args: readonly string[], options: NinOptions): RunningNin {
  const { cwd, env = {}, via = [], node = process.execPath } = options;
  const [program = "", ...rest] = [...via, node, NIN, ...args];
  const child = spawn(program, rest, {
    cwd,
    env: { ...plainEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.on("error", reject).on("close", (status) => resolve({ status, ...written }));
  });
  const until = async (pattern: RegExp): Promise<void> => {
    const isWritten = (): boolean => pattern.test(written.stdout);
    await new Promise<void>((resolve, reject) => {
      const look = (): void => (isWritten() ? resolve() : undefined);
      child.stdout?.on("data", look);
      child.on("close", () => {
        if (isWritten()) resolve();
        else reject(new Error(`ended without writing ${pattern}: ${JSON.stringify(written)}`));
      });
      look();
    });
  };
  return { child, written, ended, until };
}

/** Nothing of the caller's that changes what the command says or does; no data but what a test names. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NIN_|VITEST|NODE_|FORCE_COLOR|NO_COLOR)|_proxy$/i.test(name),
  );
  return { ...Object.fromEntries(kept), NIN_DATA_DIR: "/nonexistent" };
}
