// Which hosts and files are touched by somebody's first use: every command in an empty home, under strace.
// npx -y pnpm@10.34.9 exec node scripts/measure/first-use.mjs --data DIR [--only start] [--out FILE]
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { observeFirstUse } from "../../tools/system-calls/dist/index.js";
import { environment } from "./environment.mjs";
import { summarized, withoutMachine } from "./first-use/summarized.mjs";

const { values: flags } = parseArgs({
  options: {
    data: { type: "string" },
    only: { type: "string" },
    out: { type: "string" },
  },
});
if (flags.data === undefined) throw new Error("--data: expected the folder of Fashion-MNIST's IDX files");

const root = fileURLToPath(new URL("../..", import.meta.url));
// A worktree has its common folder, where turbo keeps what it has built, elsewhere.
const common = execFileSync("git", ["rev-parse", "--path-format=absolute", "--git-common-dir"], {
  cwd: root,
});
const places = { $REPOSITORY: root, $DATA: flags.data, $COMMON: dirname(common.toString().trim()) };

const nin = join(root, "tools/run-built/src/nin.mjs");
const turbo = join(root, "tools/run-built/src/turbo.mjs");

// Else the first command builds, in its empty home.
execFileSync(process.execPath, [nin, "--help"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });

const training = ["--data", "synthetic", "--limit", "64", "--eval-limit", "16", "--batch-size", "16"];
const few = ["--max-steps", "20"];
const MODEL = join(root, "tools/repository-checks/src/privacy/testing/small.json");
const train = (...device) => [
  nin,
  "train",
  MODEL,
  ...training,
  "--max-steps",
  "4",
  "--out",
  "run",
  ...device,
];

/** Name, arguments of Node, and variables. */
const USES = [
  ["start, with the data in NIN_DATA_DIR", [nin, "start", ...few], { NIN_DATA_DIR: flags.data }],
  ["start, with no data", [nin, "start", ...few, "--limit", "256"], {}],
  ["train", [nin, "train", "nin-mnist", ...training, ...few, "--out", "run"], {}],
  ["train on onnxruntime webgpu", train("--backend", "onnxruntime", "--device", "webgpu"), {}],
  ["train on webgpu swiftshader", train("--backend", "webgpu", "--device", "swiftshader"), {}],
  ["train on tfjs cpu", train("--backend", "tfjs", "--device", "cpu"), {}],
  ["train on tfjs webgpu", train("--backend", "tfjs", "--device", "webgpu"), {}],
  ["bench --quick", [nin, "bench", "--quick"], {}],
  ["conformance --quick", [nin, "conformance", "--quick"], {}],
  ["turbo run build, as the scripts run it", [turbo, "run", "build"], {}],
];

const uses = {};
for (const [name, args, env] of USES) {
  if (flags.only !== undefined && !name.startsWith(flags.only)) continue;
  const started = Date.now();
  const use = await observeFirstUse(args, { env, timeoutMs: 900_000 });
  // 1 is a verdict, as of a benchmark on a busy machine.
  if (use.status !== 0 && use.status !== 1)
    throw new Error(`${name}: ${use.status}\n${use.stdout}${use.stderr}`);
  uses[name] = {
    status: use.status,
    seconds: Math.round((Date.now() - started) / 1000),
    ...summarized(use, places),
  };
  console.log(JSON.stringify({ [name]: uses[name] }, undefined, 2));
}
const result = { environment: await environment(), uses };
const text = withoutMachine(`${JSON.stringify(result, undefined, 2)}\n`, places);
if (flags.out !== undefined) await writeFile(flags.out, text);
const foreign = Object.values(uses).flatMap((use) => use.foreign);
console.log(foreign.length === 0 ? "All of it is ours." : `Not ours: ${foreign.join(", ")}`);
if (foreign.length > 0) process.exitCode = 1;
