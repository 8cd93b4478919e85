import { join, resolve } from "node:path";
import { packageFile } from "@nin/files";
import { bestAdapter } from "@nin/vulkan-driver";
import { BenchError } from "../protocol/errors.js";
import { type ImplementationCommand, ImplementationProcess } from "../protocol/implementation-process.js";
import type { Absent, Implementation, Targets } from "./targets.js";

const FOLDER = packageFile(import.meta.url, "@nin/bench", "baselines");
const PROBE_MS = 90_000;

/**
 * glibc keeps freed memory instead of giving it back and faulting it in again at each step: with
 * these, PyTorch's large activations come from memory that is already mapped.
 */
const MALLOC_TUNED = {
  MALLOC_MMAP_THRESHOLD_: `${8 * 2 ** 30}`,
  MALLOC_TRIM_THRESHOLD_: `${16 * 2 ** 30}`,
  MALLOC_TOP_PAD_: `${2 ** 30}`,
};

/** The baselines that there are, in the order in which they are measured. */
const PYTHON_BASELINES: readonly PythonBaseline[] = [
  { id: "pytorch", name: "PyTorch as it comes", script: "pytorch", variant: "eager" },
  {
    id: "pytorch:channels-last",
    name: "PyTorch, channels-last",
    script: "pytorch",
    variant: "channels-last",
  },
  {
    id: "pytorch:channels-last-malloc",
    name: "PyTorch, channels-last, malloc keeping its memory",
    script: "pytorch",
    variant: "channels-last",
    env: MALLOC_TUNED,
  },
  {
    id: "pytorch:compiled",
    name: "PyTorch, channels-last, torch.compile",
    script: "pytorch",
    variant: "compiled",
  },
  { id: "jax", name: "JAX, NHWC, the step compiled", script: "jax" },
  { id: "keras", name: "Keras on TensorFlow, NHWC, the step a tf.function", script: "keras" },
];

const TFJS_BASELINES: readonly TfjsBaseline[] = [
  {
    id: "tfjs-node",
    name: "TensorFlow.js on native TensorFlow, operators and automatic gradients",
    program: "operators",
    runtime: "node",
  },
  {
    id: "tfjs-node:fit",
    name: "TensorFlow.js on native TensorFlow, tf.sequential and fit",
    program: "sequential",
    runtime: "node",
  },
  {
    id: "tfjs-webgpu",
    name: "TensorFlow.js on its WebGPU, operators and automatic gradients",
    program: "operators",
    runtime: "webgpu",
  },
];

interface PythonBaseline {
  readonly id: string;
  readonly name: string;
  readonly script: "pytorch" | "jax" | "keras";
  /** Only of PyTorch. */
  readonly variant?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface TfjsBaseline {
  readonly id: string;
  readonly name: string;
  readonly program: "operators" | "sequential";
  readonly runtime: "node" | "webgpu";
}

const BASELINE_IDS: readonly string[] = [...PYTHON_BASELINES, ...TFJS_BASELINES].map(({ id }) => id);

/** Where the baselines' runtimes are, and which of them are asked for. */
export interface BaselineOptions {
  /** A Python interpreter. */
  readonly python?: string;
  /** A folder in which TensorFlow.js is installed. */
  readonly tfjs?: string;
  /** The ids of some baselines; all by default. */
  readonly baselines?: readonly string[];
  /** Whether those that can are also measured with TF32 products. */
  readonly tf32?: boolean;
  readonly threads: number;
}

/** A baseline, before it is known whether its runtime is installed. */
interface Candidate {
  readonly implementation: Implementation;
  /** Prints what it would compute on, or fails. Baselines on the same runtime are probed once. */
  readonly probe: ImplementationCommand;
}

/** What a baseline would compute on, or why it cannot run. */
interface ProbeResult {
  readonly why?: string;
  /** Null where the baseline leaves it to the benchmark. */
  readonly hardware: string | null;
}

/** Throws `BenchError` for a baseline that does not exist. */
export function requireBaselines(named: readonly string[] = []): void {
  const unknown = named.find((id) => !BASELINE_IDS.includes(id));
  if (unknown !== undefined)
    throw new BenchError(`baseline: expected some of ${BASELINE_IDS.join(", ")}, got ${unknown}`);
}

/** The baselines whose runtimes are installed, and the others by name. */
export async function baselineTargets(
  options: BaselineOptions,
  report: (doing: string) => void,
): Promise<Targets> {
  const implementations: Implementation[] = [];
  const absent: Absent[] = [...unnamedRuntimes(options)];
  const probes = new Map<string, ProbeResult>();
  for (const { implementation, probe } of candidatesOf(options)) {
    const runtime = probe.args.join(" ");
    if (!probes.has(runtime)) report(implementation.id);
    const found = probes.get(runtime) ?? (await ask(probe));
    probes.set(runtime, found);
    const { why, hardware } = found;
    if (why === undefined) {
      const placed = placedOn(hardware ?? implementation.hardware, implementation);
      implementations.push(placed, ...(options.tf32 === true ? tf32Variants(placed) : []));
    } else absent.push({ what: implementation.id, why });
  }
  return { implementations, absent };
}

function candidatesOf({ python, tfjs, baselines, threads }: BaselineOptions): readonly Candidate[] {
  const isAsked = ({ id }: { readonly id: string }): boolean => baselines?.includes(id) ?? true;
  return [
    ...(python === undefined
      ? []
      : PYTHON_BASELINES.filter(isAsked).map((one) => pythonCandidate(one, python, threads))),
    ...(tfjs === undefined
      ? []
      : TFJS_BASELINES.filter(isAsked).map((one) => tfjsCandidate(one, resolve(tfjs), threads))),
  ];
}

function pythonCandidate(
  { id, name, script, variant, env }: PythonBaseline,
  python: string,
  threads: number,
): Candidate {
  const program = join(FOLDER, `${script}_baseline.py`);
  const command = {
    file: python,
    args: [program, ...(variant === undefined ? [] : [variant])],
    env: { OMP_NUM_THREADS: `${threads}`, ...env },
  };
  return {
    implementation: baselineOf({ id, name, hardware: "cpu", command }),
    probe: { file: python, args: [program, "--probe"] },
  };
}

function tfjsCandidate(
  { id, name, program, runtime }: TfjsBaseline,
  folder: string,
  threads: number,
): Candidate {
  const script = join(FOLDER, `tfjs-${program}.mjs`);
  const command = {
    file: process.execPath,
    args: [script, runtime, folder],
    env: { TF_NUM_INTRAOP_THREADS: `${threads}`, TF_CPP_MIN_LOG_LEVEL: "3" },
  };
  const hardware = runtime === "node" ? "cpu" : (bestAdapter()?.id ?? "webgpu");
  return {
    implementation: baselineOf({ id, name, hardware, command }),
    probe: { file: process.execPath, args: [script, runtime, folder, "--probe"] },
  };
}

function baselineOf(own: Pick<Implementation, "id" | "name" | "hardware" | "command">): Implementation {
  return { ...own, kind: "baseline", modes: ["train", "forward"], precisions: ["f32"], dropout: "off" };
}

/** PyTorch has mixed precision too: of float16 on a GPU, of bfloat16 on a processor. */
function placedOn(hardware: string, implementation: Implementation): Implementation {
  const placed = { ...implementation, hardware };
  if (!implementation.id.startsWith("pytorch")) return placed;
  const mixed = { ...placed, precisions: ["f32", "mixed"] } as const;
  return isPytorchOnCuda(placed) ? mixed : { ...mixed, mixedFactors: "bfloat16" };
}

/** PyTorch on CUDA with TF32 products. */
function tf32Variants(implementation: Implementation): readonly Implementation[] {
  if (!isPytorchOnCuda(implementation)) return [];
  const { id, name, command } = implementation;
  const env = { ...command.env, NIN_BENCH_TF32: "1" };
  return [
    { ...implementation, id: `${id}-tf32`, name: `${name}, TF32`, tf32: true, command: { ...command, env } },
  ];
}

function isPytorchOnCuda({ id, hardware }: Implementation): boolean {
  return hardware === "cuda" && id.startsWith("pytorch");
}

async function ask(command: ImplementationCommand): Promise<ProbeResult> {
  const child = new ImplementationProcess(command);
  try {
    return (await child.next(PROBE_MS)) as ProbeResult;
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), hardware: null };
  } finally {
    child.kill();
  }
}

function unnamedRuntimes({ python, tfjs }: BaselineOptions): readonly Absent[] {
  const absent: Absent[] = [];
  if (python === undefined) {
    const why = "no Python was named; measured with --python PATH where they are installed";
    absent.push({ what: "PyTorch, JAX, Keras", why });
  }
  if (tfjs === undefined) {
    const why = "no folder was named; measured with --tfjs FOLDER where it is installed";
    absent.push({ what: "programs written for TensorFlow.js", why });
  }
  return absent;
}
