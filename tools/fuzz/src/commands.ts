import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Fault } from "./in-process.js";
import { faultOfMessage, LIMITS } from "./judge.js";
import { mutateBytes, mutateJson, Random } from "./mutate.js";
import { type Samples, writeFiles } from "./samples.js";
import { studyResults } from "./study-targets.js";

export interface CommandsOptions {
  readonly seed: number;
  readonly runs: number;
  readonly onRun?: (run: number) => void;
}

export interface CommandsResult {
  readonly seed: number;
  readonly runs: number;
  /** How many ended with each exit status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
  readonly slowestMs: number;
  readonly peakMemoryBytes: number;
}

/** The number of the random numbers' target; those of `targets` are below. */
const TARGET = 1000;
const NIN = join(dirname(createRequire(import.meta.url).resolve("@nin/cli/package.json")), "bin/nin.js");

/** What a person might give for a number, and worse. */
const NUMBERS = [
  "0",
  "1",
  "-1",
  "1.5",
  "1e3",
  "NaN",
  "Infinity",
  "0x10",
  "",
  " 2 ",
  "two",
  "1_000",
  "2147483648",
  "4294967297",
  "9007199254740991",
  "9007199254740993",
  "1".repeat(400),
  "\u0661",
  "1\n2",
];
const INPUTS = [
  "",
  ".",
  "nothing",
  "/dev/null",
  "/dev/zero",
  "/proc/self/mem",
  "/proc/self/environ",
  "x".repeat(300),
  "a\u001b[31mb",
];
const OUTPUTS = [
  "",
  ".",
  "/dev/null",
  "/dev/full",
  "/proc/nothing/here",
  "nothing/here",
  "x".repeat(240),
  "x".repeat(300),
  "/proc/self/environ",
  "out\nput",
];
const NUMERIC_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  train: [
    "--epochs",
    "--limit",
    "--batch-size",
    "--lr",
    "--seed",
    "--log-every",
    "--checkpoint-every",
    "--eval-limit",
    "--threads",
  ],
  evaluate: ["--limit", "--threads"],
  explain: ["--limit", "--channels", "--threads"],
  init: ["--seed"],
};

/** A study of a run of a few steps. */
const tinyStudy = {
  ...{ format: "nin-study", version: 1, name: "tiny" },
  base: { model: "./a.json", recipe: "./r.json", data: "./data", limit: 8 },
  runs: [{ "recipe.batchSize": 4, "recipe.epochs": 1, threads: 1 }],
};

/** Runs the `nin` command with changed arguments and files, each in a process and an empty folder of its own. */
export async function fuzzCommands(samples: Samples, options: CommandsOptions): Promise<CommandsResult> {
  const { seed, runs, onRun = () => {} } = options;
  const faults: Fault[] = [];
  const statuses: Record<string, number> = {};
  let slowestMs = 0;
  let peakMemoryBytes = 0;
  await writeFiles(join(samples.folder, "data"), samples.idx);
  for (let input = 0; input < runs; input += 1) {
    onRun(input);
    const cwd = await mkdtemp(join(samples.folder, "command-"));
    const args = await arrange(samples, cwd, new Random(seed, TARGET, input));
    const ended = await runNin(args, cwd);
    for (const problem of problemsOf(ended)) {
      faults.push({
        target: `nin ${args.map((arg) => JSON.stringify(arg.slice(0, 60))).join(" ")}`,
        input,
        problem,
      });
    }
    const key = String(ended.status ?? ended.signal);
    statuses[key] = (statuses[key] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, ended.elapsedMs);
    peakMemoryBytes = Math.max(peakMemoryBytes, ended.peakMemoryBytes);
    await rm(cwd, { recursive: true, force: true });
  }
  return { seed, runs, statuses, faults, slowestMs, peakMemoryBytes };
}

/** Writes a command's files into a folder, one of them or one argument changed, and gives its arguments. */
async function arrange(samples: Samples, cwd: string, random: Random): Promise<readonly string[]> {
  const { json, safetensors, run, benchResult, conformanceRun, input } = samples;
  const data = join(samples.folder, "data");
  const text = (value: unknown) => JSON.stringify(value);
  const files = new Map<string, Uint8Array | string>([
    ["a.json", text(json.architecture[0])],
    ["r.json", text(json.recipe[0])],
    ["w.safetensors", safetensors],
    ["x.safetensors", input],
    ["result.json", text(benchResult)],
    ["conformance.json", text(conformanceRun)],
    ["study.json", text(tinyStudy)],
    ["study/results.json", text(studyResults)],
    ...[...run].map(([name, bytes]) => [`run/${name}`, bytes] as const),
    ...[...samples.idx].map(([name, bytes]) => [`data/${name}`, bytes] as const),
  ]);
  const train = [
    "train",
    "a.json",
    "--recipe",
    "r.json",
    "--data",
    data,
    "--max-steps",
    "2",
    "--batch-size",
    "4",
    "--out",
    "new",
  ];
  const tensors = [
    "a.json",
    "--weights",
    "w.safetensors",
    "--input",
    "x.safetensors",
    "--output",
    "y.safetensors",
  ];
  const commands: readonly (readonly string[])[] = [
    ["summary", "a.json"],
    ["summary", "a.json", "--expand", "--json"],
    ["summary", "nin?mlpConvs=3&classes=12"],
    ["init", "a.json", "--recipe", "r.json", "--output", "y.safetensors"],
    train,
    [
      "train",
      "a.json",
      "--data",
      "data",
      "--max-steps",
      "2",
      "--recipe",
      "robust",
      "--batch-size",
      "4",
      "--out",
      "new",
    ],
    ["train", "--resume", "run", "--max-steps", "6"],
    ["evaluate", "run", "--data", data],
    ["evaluate", "a.json", "--weights", "w.safetensors", "--data", "data"],
    ["predict", ...tensors],
    ["explain", "run", "--data", data, "--output", "page.html"],
    ["gradients", ...tensors],
    ["export", "run", "--format", random.pick(["onnx", "safetensors", "tfjs"]), "--output", "y.out"],
    ["conformance", "matrix", "conformance.json", "--html", "page.html"],
    ["bench", "compare", "result.json", "result.json"],
    random.pick([
      ["runs", ".", "--json"],
      ["report", "run"],
      ["study", "run", "study.json", "--out", "new"],
      ["study", "status", "study", "--json"],
      ["study", "report", "study"],
    ]),
  ];
  const args = [...random.pick(commands)];
  if (random.chance(0.5)) changeFile(files, args, random);
  else changeArgument(args, random);
  await writeFiles(cwd, files);
  return args;
}

function changeFile(files: Map<string, Uint8Array | string>, args: readonly string[], random: Random): void {
  const used = [...files.keys()].filter((name) =>
    args.some((arg) => name === arg || name.startsWith(`${arg}/`)),
  );
  if (used.length === 0) return;
  const name = random.pick(used);
  const content = Buffer.from(files.get(name) ?? "");
  const asJson = name.endsWith(".json") && random.chance(0.7);
  files.set(
    name,
    asJson ? mutateJson(JSON.parse(content.toString("utf8")), random) : mutateBytes(content, random),
  );
}

function changeArgument(args: string[], random: Random): void {
  const numeric = NUMERIC_OPTIONS[args[0] ?? ""] ?? [];
  if (numeric.length > 0 && random.chance(0.5)) {
    args.push(random.pick(numeric), random.pick(NUMBERS));
    return;
  }
  const at = 1 + random.below(args.length - 1);
  const option = args[at - 1] ?? "";
  if (/--(output|out|html)$/.test(option)) args[at] = random.pick(OUTPUTS);
  else if (/--(max-steps|batch-size)$/.test(option) && random.chance(0.3))
    args[at] = random.pick(["0", "-1", "x", ""]);
  else if (random.chance(0.5)) args[at] = random.pick(INPUTS);
  else
    args[at] = mutateBytes(Buffer.from(args[at] ?? ""), random)
      .toString("latin1")
      .slice(0, 5000);
  // No process can be given one.
  args[at] = (args[at] ?? "").replaceAll("\0", "");
}

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly elapsedMs: number;
  readonly peakMemoryBytes: number;
}

async function runNin(args: readonly string[], cwd: string): Promise<Ended> {
  const memoryFile = join(cwd, ".peak-memory");
  const report = `import { isMainThread } from "node:worker_threads"; import { writeFileSync } from "node:fs";
    if (isMainThread) process.on("exit", () => writeFileSync(${JSON.stringify(memoryFile)}, String(process.resourceUsage().maxRSS)));`;
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(report)}`, NIN, ...args],
    {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 2 * LIMITS.elapsedMs,
      killSignal: "SIGKILL",
    },
  );
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [status, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.on("error", reject).on("close", (code, killedBy) => resolve([code, killedBy]));
    },
  );
  const elapsedMs = performance.now() - start;
  const kilobytes = await readFile(memoryFile, "utf8").catch(() => "0");
  return { status, signal, stderr, elapsedMs, peakMemoryBytes: Number(kilobytes) * 1024 };
}

function problemsOf({ status, signal, stderr, elapsedMs, peakMemoryBytes }: Ended): readonly string[] {
  const problems: string[] = [];
  if (signal !== null) problems.push(`ended by ${signal}`);
  else if (status !== 0 && status !== 1 && status !== 2) problems.push(`ended with status ${status}`);
  if (/^\s+at .+:\d+/m.test(stderr)) problems.push(`a stack trace: ${stderr.slice(0, 500)}`);
  else if (stderr.includes("unexpected error")) problems.push(stderr.slice(0, 500));
  const lines = stderr.split("\n").filter((line) => line !== "");
  if (status === 2 && !lines.at(-1)?.startsWith("nin: "))
    problems.push(`no reason on stderr: ${stderr.slice(0, 300)}`);
  for (const line of lines) {
    const fault = faultOfMessage(line);
    if (fault !== undefined) problems.push(fault);
  }
  if (elapsedMs > LIMITS.elapsedMs) problems.push(`took ${Math.round(elapsedMs)} ms`);
  if (peakMemoryBytes > LIMITS.memoryBytes) problems.push(`took ${peakMemoryBytes} bytes of memory`);
  return problems;
}
