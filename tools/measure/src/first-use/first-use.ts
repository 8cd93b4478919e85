import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomic } from "@nin/files";
import { Command } from "commander";
import { dataOption, outOption } from "../support/options.js";
import { environment } from "../support/result.js";
import { type Summary, summarized, withoutMachine } from "./summarized.js";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const NIN = join(ROOT, "tools/run-built/src/nin.mjs");
const TURBO = join(ROOT, "tools/run-built/src/turbo.mjs");
const MODEL = join(ROOT, "tools/repository-checks/src/privacy/testing/small.json");
const TIMEOUT_MS = 900_000;

/** A command that somebody might begin with. */
interface Use {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

interface Options {
  readonly data: string;
  readonly only?: string;
  readonly out?: string;
}

export function firstUseCommand(): Command {
  return new Command("first-use")
    .description("which hosts and files a first use touches: every command in an empty home, under strace")
    .addOption(dataOption())
    .option("--only <text>", "only commands whose names start with it")
    .addOption(outOption())
    .action(async ({ data, only, out }: Options) => {
      const places = { $REPOSITORY: ROOT, $DATA: data, $COMMON: commonFolder() };
      // Otherwise the first command builds, in its empty home.
      execFileSync(process.execPath, [NIN, "--help"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
      const uses: Record<string, Summary> = {};
      for (const use of usesWith(data).filter(({ name }) => only === undefined || name.startsWith(only))) {
        uses[use.name] = await observed(use, places);
        console.log(JSON.stringify({ [use.name]: uses[use.name] }, undefined, 2));
      }
      const result = { environment: await environment(), uses };
      const text = withoutMachine(`${JSON.stringify(result, undefined, 2)}\n`, places);
      if (out !== undefined) await writeFileAtomic(out, text);
      const foreign = Object.values(uses).flatMap((use) => use.foreign);
      console.log(foreign.length === 0 ? "All of it is ours." : `Not ours: ${foreign.join(", ")}`);
      if (foreign.length > 0) process.exitCode = 1;
    });
}

/** Where turbo keeps what it has built: a worktree has its common folder elsewhere. */
function commonFolder(): string {
  const args = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
  return dirname(execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim());
}

function usesWith(data: string): readonly Use[] {
  const training = ["--data", "synthetic", "--limit", "64", "--eval-limit", "16", "--batch-size", "16"];
  const few = ["--max-steps", "20"];
  const trainOn = (backend: string, device: string): Use => ({
    name: `train on ${backend} ${device}`,
    args: [
      ...[NIN, "train", MODEL, ...training, "--max-steps", "4", "--out", "run"],
      ...["--backend", backend, "--device", device],
    ],
  });
  return [
    {
      name: "start, with the data in NIN_DATA_DIR",
      args: [NIN, "start", ...few],
      env: { NIN_DATA_DIR: data },
    },
    { name: "start, with no data", args: [NIN, "start", ...few, "--limit", "256"] },
    { name: "train", args: [NIN, "train", "nin-mnist", ...training, ...few, "--out", "run"] },
    trainOn("onnxruntime", "webgpu"),
    trainOn("webgpu", "swiftshader"),
    trainOn("tfjs", "cpu"),
    trainOn("tfjs", "webgpu"),
    { name: "bench --quick", args: [NIN, "bench", "--quick"] },
    { name: "conformance --quick", args: [NIN, "conformance", "--quick"] },
    { name: "turbo run build, as the scripts run it", args: [TURBO, "run", "build"] },
  ];
}

async function observed(
  { name, args, env = {} }: Use,
  places: Readonly<Record<string, string>>,
): Promise<Summary> {
  const { observeFirstUse } = await import("@nin/system-calls");
  const started = Date.now();
  const use = await observeFirstUse(args, { env, timeoutMs: TIMEOUT_MS });
  // 1 is a verdict, as of a benchmark on a busy machine.
  if (use.status !== 0 && use.status !== 1) {
    throw new Error(`${name}: status ${use.status}\n${use.stdout}${use.stderr}`);
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  return { status: use.status, seconds, ...summarized(use, places) };
}
