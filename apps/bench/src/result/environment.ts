import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { arch, loadavg, platform, release, totalmem } from "node:os";
import { promisify } from "node:util";
import { availableParallelism, processorName } from "@nin/files";
import { at } from "@nin/spec";

/** The machine on which a run was made. */
export interface Environment {
  readonly cpu: string;
  /** Vector units that the processor reports. */
  readonly cpuFeatures: readonly string[];
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** GPUs as NVIDIA's tool lists them; empty where there is none. */
  readonly gpus: readonly string[];
  /** Variables that change what runtimes do. */
  readonly variables: Readonly<Record<string, string>>;
  /** The average load before the run. */
  readonly loadBefore: number;
  /** Where implementations were measured in a browser. */
  readonly browser?: BrowserEnvironment;
}

/** The browser in which implementations were measured. */
export interface BrowserEnvironment {
  /** Name and version: `Chromium 153.0.8010.0`. */
  readonly name: string;
  /** Its WebGPU adapter in words, or why there is none. */
  readonly adapter: string;
  /** The renderer of its WebGL 2 in words; `none` where there is none. */
  readonly renderer: string;
  /** Whether its pages can share memory between threads. */
  readonly crossOriginIsolated: boolean;
  /** Threads that can run at once, as the browser says. */
  readonly threads: number;
}

/** Above this load, other programs are computing on the machine, and measurements are not worth much. */
export const QUIET_LOAD = 0.3;

const FEATURES = /^(?:avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|neon|asimd\w*|sve\w*)$/;
const VARIABLES =
  /^(?:OMP_\w+|MKL_\w+|KMP_\w+|MALLOC_\w+|TF_(?:NUM|ENABLE)_\w+|XLA_FLAGS|CUDA_VISIBLE_DEVICES|NVIDIA_TF32_OVERRIDE|LP_NUM_THREADS|NODE_OPTIONS)$/;

/** The average load where other programs are computing on this machine; `undefined` where it is quiet. */
export function busyLoad(): number | undefined {
  const load = at(loadavg(), 0);
  return load > QUIET_LOAD ? load : undefined;
}

/** Asks the system what machine this is, and how busy. */
export async function readEnvironment(): Promise<Environment> {
  const loadBefore = at(loadavg(), 0);
  return {
    cpu: processorName(),
    cpuFeatures: await cpuFeatures(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    gpus: await gpus(),
    variables: Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        VARIABLES.test(name) && value !== undefined ? [[name, value]] : [],
      ),
    ),
    loadBefore,
  };
}

async function cpuFeatures(): Promise<readonly string[]> {
  // Only Linux has this file, and not every processor's has the line.
  const text = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  const words = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? "";
  return words.split(" ").filter((word) => FEATURES.test(word));
}

async function gpus(): Promise<readonly string[]> {
  const query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
  const answer = await promisify(execFile)("nvidia-smi", query).catch(() => ({ stdout: "" }));
  return answer.stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
