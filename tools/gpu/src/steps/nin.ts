import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { NIN, runNin } from "@nin/measure";
import type { StepOptions, StepResult } from "../step.js";

/** A run of the suite, as `nin conformance --out` writes it. */
interface SavedRun {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
  readonly durationMs: number;
  readonly cases: readonly { readonly id: string; readonly status: string }[];
}

const RECIPE = "d2l";

/** `nin backends`: whether the device is there, or what it says is missing. */
export async function listBackends({ backend, device }: StepOptions): Promise<StepResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [NIN, "backends", "--json"]);
  const backends = JSON.parse(stdout) as readonly {
    readonly backend: string;
    readonly devices: readonly {
      readonly id: string;
      readonly available: boolean;
      readonly reason?: string;
    }[];
  }[];
  const listing = backends.find((listed) => listed.backend === backend);
  const found = listing?.devices.find(({ id }) => id === device);
  return { passed: found?.available === true, reason: found?.reason, backends };
}

/** `nin conformance`, the suite that every backend passes, in f32. */
export function conformance(options: StepOptions): Promise<StepResult> {
  return runConformance(options, options.conformance === "quick" ? ["--quick"] : []);
}

/** The suite in mixed precision, with that precision's own tolerances. */
export function conformanceMixed(options: StepOptions): Promise<StepResult> {
  const size = options.conformance === "quick" ? ["--quick"] : [];
  return runConformance(options, [...size, "--precision", "mixed"]);
}

/** The suite's cases of the tutorial's network at full size, compared with PyTorch in float64. */
export function ninBase(options: StepOptions): Promise<StepResult> {
  return runConformance(options, ["--filter", "nin-base"]);
}

/** More random architectures than the suite has, of every layer kind, compared with the reference backend. */
export async function randomArchitectures(options: StepOptions): Promise<StepResult> {
  const args = ["conformance", ...whereOf(options), "--random", `${options.architectures}`, "--json"];
  const { stdout, failed } = await ninJson(args);
  const { cases } = JSON.parse(stdout) as Pick<SavedRun, "cases">;
  return { passed: !failed, architectures: options.architectures, cases };
}

/**
 * `nin bench` on the device and PyTorch's ways to run the network there, on a GPU with TF32 too. Images stay in the
 * training session: for `onnxruntime` those of Fashion-MNIST's size, which every step resizes; for `webgpu` a batch.
 */
export async function throughput(options: StepOptions): Promise<StepResult> {
  const { backend, device, model, batches, modes, precisions, threads, python, benchMinutes } = options;
  return withTemporaryFolder(async (out) => {
    // The benchmark itself chooses TF32 or not, for each implementation.
    const env = { ...process.env, NVIDIA_TF32_OVERRIDE: undefined };
    const args = [
      ...["bench", "--backend", `${backend}:${device}`, "--model", model, "--batch", ...batches.map(String)],
      ...["--mode", modes.join(","), "--precision", ...(backend === "webgpu" ? precisions : ["f32"])],
      ...["--resident", ...(backend === "webgpu" ? [] : ["28x28"])],
      ...(options.pytorchDevice === "cuda" ? ["--tf32"] : []),
      ...["--recipe", RECIPE, "--threads", `${threads}`, "--python", python],
      ...["--minutes", `${benchMinutes}`, "--out", out],
    ];
    const status = await runNin(args, { env });
    const bench = JSON.parse(await readFile(join(out, "result.json"), "utf8")) as object;
    return { passed: status === 0, bench };
  });
}

/** What NVIDIA's libraries read in their environment when they start. */
export function tf32Environment(allowed: boolean): NodeJS.ProcessEnv {
  return { NVIDIA_TF32_OVERRIDE: allowed ? "1" : "0" };
}

/** Gives `use` a new folder, and removes it afterwards. */
export async function withTemporaryFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "nin-gpu-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The suite, or a part of it: how many cases passed, how long it took, and what did not pass. */
function runConformance(options: StepOptions, selection: readonly string[]): Promise<StepResult> {
  return withTemporaryFolder(async (folder) => {
    const out = join(folder, "conformance.json");
    const status = await runNin(["conformance", ...whereOf(options), ...selection, "--out", out]);
    const saved = JSON.parse(await readFile(out, "utf8")) as SavedRun;
    const { passed, failed, skipped, expectedFailures, durationMs, cases } = saved;
    return {
      passed: status === 0 && passed > 0,
      size: options.conformance,
      cases: { passed, failed, skipped, expectedFailures },
      durationMs,
      notPassed: cases.filter((one) => one.status !== "passed"),
    };
  });
}

function whereOf({ backend, device, threads }: StepOptions): readonly string[] {
  return ["--backend", backend, "--device", device, "--threads", `${threads}`];
}

/** What `nin` prints with `--json`, also when it ends with status 1: a check that failed. */
async function ninJson(
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly failed: boolean }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [NIN, ...args]);
    return { stdout, failed: false };
  } catch (error) {
    const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: string };
    if (code !== 1 || stdout === undefined) throw error;
    return { stdout, failed: true };
  }
}
