import { DeviceUnavailableError, UnsupportedError } from "@nin/backend";
import { availableParallelism, processorName, requireFrom } from "@nin/files";
import type { OpenOptions } from "../backend.js";
import { bfloat16Operators } from "../operators/native/bfloat16.js";
import { nativeConvolution } from "../operators/native/convolution.js";
import { nativeMaxPool } from "../operators/native/max-pool.js";
import { NativeExecutor } from "../operators/native/native-executor.js";
import type { Operators } from "../operators/operators.js";
import { portableOperators } from "../operators/portable.js";
import { BACKEND_ID } from "../runtime/backend-id.js";
import { Runtime } from "../runtime/runtime.js";
import type { TensorFlow } from "../runtime/tensorflow.js";
import { loadMuted } from "./load-muted.js";
import { findNativePackages, type NativePackage } from "./native-packages.js";
import { loadCore } from "./peers.js";
import { silently } from "./silently.js";

const require = requireFrom(import.meta.url);

/** TensorFlow reads it once, when its library starts. */
const THREADS = "TF_NUM_INTRAOP_THREADS";

/** What makes native TensorFlow usable, for a person. */
export const NATIVE_REMEDY = "run `nin setup tensorflow`, or install @tensorflow/tfjs-node";

/**
 * Native TensorFlow, by the first copy of tfjs-node that loads.
 *
 * @throws `DeviceUnavailableError`.
 */
export async function openTensorFlow({ threads }: OpenOptions): Promise<Runtime> {
  const obstacles: string[] = [];
  for (const found of findNativePackages()) {
    if ("reason" in found) {
      obstacles.push(`${found.name}: ${found.reason}`);
      continue;
    }
    try {
      return await openPackage(found, threads);
    } catch (error) {
      if (error instanceof UnsupportedError) throw error;
      obstacles.push(`${found.name}: ${firstLine(error)}`);
    }
  }
  throw new DeviceUnavailableError(BACKEND_ID, "tensorflow", `${obstacles.join("; ")}; ${NATIVE_REMEDY}`);
}

/** @throws `UnsupportedError` where the process's TensorFlow has another number of threads. */
export function requireThreads(threads: number | undefined): void {
  const present = process.env[THREADS];
  if (threads === undefined || present === undefined || Number(present) === threads) return;
  throw new UnsupportedError(
    BACKEND_ID,
    `threads ${threads}`,
    `${present}, which the process's TensorFlow was started with`,
  );
}

/**
 * Loads a copy of tfjs-node.
 *
 * @throws what its loading throws; `UnsupportedError` for `threads`.
 */
export async function openPackage(found: NativePackage, threads?: number): Promise<Runtime> {
  const entry = require.resolve(found.entry);
  if (require.cache[entry] === undefined) prepareProcess(threads);
  else requireThreads(threads);
  supplyOldNodeFunctions();
  // The engine is one for all copies in a process; this one's is only asked for its flags.
  const own = await loadCore();
  const tf = await silently(own, () => loadMuted(found.entry, () => require(entry) as TensorFlow));
  await tf.setBackend("tensorflow");
  const executor = new NativeExecutor(tf);
  const operators = nativeOperators(tf, executor);
  return new Runtime({
    device: "tensorflow",
    engineBackend: "tensorflow",
    tf,
    operators,
    mixedOperators: () => bfloat16Operators(tf, executor, operators),
    microBatchBytes: 36e6,
    realization: {
      threads: process.env[THREADS] ?? "unknown",
      processor: processorName(),
      library: found.name,
    },
  });
}

/** The operators of native TensorFlow: fewer passes over memory than TensorFlow.js's own. */
function nativeOperators(tf: TensorFlow, executor: NativeExecutor): Operators {
  const float = executor.type("T", "float32");
  return {
    ...portableOperators(tf),
    ...nativeConvolution(tf, executor),
    ...nativeMaxPool(tf, executor),
    reluGradient: (dy, y) => executor.run("ReluGrad", [float], [dy, y]),
  };
}

/**
 * Supplies what tfjs-node 4.22 calls and Node 23 took out of `util`; Node 22 and later still have some of it,
 * and warn when it is called. To be called before tfjs-node is loaded.
 *
 * Source: Node's deprecations DEP0044 and DEP0051.
 */
function supplyOldNodeFunctions(): void {
  const util: Record<string, unknown> = require("node:util");
  util.isArray = Array.isArray;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
}

function prepareProcess(threads: number | undefined): void {
  process.env[THREADS] = `${threads ?? availableParallelism()}`;
  // Warnings and notes of TensorFlow's C++ go to the terminal otherwise.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // TF32 would round products to 10 bits. NVIDIA's libraries read this when they are loaded.
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]?.trim() ?? text;
}
