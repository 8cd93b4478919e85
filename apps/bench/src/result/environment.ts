import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { arch, loadavg, platform, release, totalmem } from "node:os";
import { promisify } from "node:util";
import { availableParallelism, processorName } from "@nin/files";

/** Where a run was made. */
export interface Environment {
  readonly cpu: string;
  /** Vector units that the processor says it has. */
  readonly cpuFeatures: readonly string[];
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Graphics cards, as NVIDIA's tool tells them; empty where there is none. */
  readonly cards: readonly string[];
  /** Variables that change what runtimes do. */
  readonly variables: Readonly<Record<string, string>>;
  /** Average load before the run; above 0.3 others were computing here. */
  readonly loadBefore: number;
}

const FEATURES = /^(?:avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|neon|asimd\w*|sve\w*)$/;
const VARIABLES =
  /^(?:OMP_\w+|MKL_\w+|KMP_\w+|MALLOC_\w+|TF_(?:NUM|ENABLE)_\w+|XLA_FLAGS|CUDA_VISIBLE_DEVICES|NVIDIA_TF32_OVERRIDE|LP_NUM_THREADS|NODE_OPTIONS)$/;

export async function readEnvironment(): Promise<Environment> {
  const [loadBefore = 0] = loadavg();
  return {
    cpu: processorName(),
    cpuFeatures: await cpuFeatures(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    cards: await cards(),
    variables: Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        VARIABLES.test(name) && value !== undefined ? [[name, value]] : [],
      ),
    ),
    loadBefore,
  };
}

async function cpuFeatures(): Promise<readonly string[]> {
  const text = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  const words = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? "";
  return words.split(" ").filter((word) => FEATURES.test(word));
}

async function cards(): Promise<readonly string[]> {
  const query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
  const answer = await promisify(execFile)("nvidia-smi", query).catch(() => ({ stdout: "" }));
  return answer.stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
