import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { NIN } from "./support/child-process.js";
import { statisticsOf } from "./support/numbers.js";
import { outOption, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

interface Options {
  readonly rounds: number;
  readonly model: string;
  readonly other?: string;
  readonly out?: string;
}

/** What a command is waited for: the line that it prints, or its end. */
const COMMANDS: readonly {
  readonly name: string;
  readonly args: (model: string, folder: string) => readonly string[];
  readonly line?: RegExp;
}[] = [
  { name: "nin summary", args: (model) => ["summary", model] },
  {
    name: "first step of nin train",
    args: (model, folder) => ["train", model, "--max-steps", "1", "--out", folder],
    line: /^Step 1\//m,
  },
];

/** Writes the most memory that a process had, when it ends. */
const MEMORY_AT_EXIT =
  "data:text/javascript,import{writeFileSync as w}from'node:fs';process.on('exit',()=>w(process.env.NIN_MEASURE_MEMORY,String(process.resourceUsage().maxRSS)))";

export function startupCommand(): Command {
  return new Command("startup")
    .description("how long a person waits for the command: milliseconds to an answer and to the first step")
    .option("--rounds <n>", "how often each is run, in turn", positiveInteger, 9)
    .option("--model <name>", "network", "nin-mnist")
    .option("--other <folder>", "another checkout of the repository, built, to compare with")
    .addOption(outOption())
    .action(async ({ rounds, model, other, out }: Options) => {
      const programs = new Map([["this", NIN]]);
      if (other !== undefined) programs.set("other", resolve(other, "apps/cli/bin/nin.js"));
      const waits = new Map<string, Wait[]>();
      for (let round = 0; round < rounds; round += 1) {
        for (const [which, program] of programs) {
          for (const command of COMMANDS) {
            const key = `${command.name}, ${which}`;
            waits.set(key, [...(waits.get(key) ?? []), await waitFor(program, command, model)]);
          }
        }
      }
      const results = [...waits].map(([name, measured]) => ({
        name,
        ms: statisticsOf(measured.map(({ ms }) => Math.round(ms))),
        peakBytes: statisticsOf(measured.map(({ peakBytes }) => peakBytes)),
      }));
      for (const { name, ms, peakBytes } of results) {
        const memory = `${Math.round(peakBytes.median / 2 ** 20)} MiB at most in memory`;
        console.log(`${name}: ${ms.median} ms (${ms.lowest} to ${ms.highest}), ${memory}`);
      }
      if (out !== undefined) await writeResult(out, { ...(await environment()), model, rounds, results });
    });
}

interface Wait {
  readonly ms: number;
  readonly peakBytes: number;
}

async function waitFor(
  program: string,
  { args, line }: (typeof COMMANDS)[number],
  model: string,
): Promise<Wait> {
  const work = await mkdtemp(join(tmpdir(), "nin-startup-"));
  try {
    const memory = join(work, "memory");
    const began = performance.now();
    const child = spawn(
      process.execPath,
      ["--import", MEMORY_AT_EXIT, program, ...args(model, join(work, "run"))],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, NIN_MEASURE_MEMORY: memory },
      },
    );
    let seen: number | undefined;
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (line?.test(printed)) seen ??= performance.now() - began;
    });
    const status = await new Promise((ended, failed) => child.on("error", failed).on("close", ended));
    const ms = line === undefined ? performance.now() - began : seen;
    if (status !== 0 || ms === undefined)
      throw new Error(`${program} ended with ${status} and printed ${printed}`);
    return { ms, peakBytes: 1024 * Number(await readFile(memory, "utf8")) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
