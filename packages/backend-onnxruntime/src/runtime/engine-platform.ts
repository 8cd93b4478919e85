import type { Optimizer } from "@nin/spec";
import type { Program } from "../programs/program.js";
import type { OptimizerMemory } from "../update/optimizer-memory.js";
import type { MaskThread } from "./mask-source.js";
import type { OnnxRuntime, RuntimeSession } from "./onnx-runtime.js";
import type { EngineOptions } from "./protocol.js";

/** Where an engine runs: the runtime that it is given, and what the process or page around it must do. */
export interface EnginePlatform {
  readonly ort: OnnxRuntime;
  /** The execution provider of the engine's device; its name is the device's by default. */
  readonly provider?: string;
  /** Whether the runtime writes results into tensors that it is given; not by default. */
  readonly writesGivenResults?: boolean;
  /** Makes memory in which AdamW updates parameters, where there can be some; without it, programs update them. */
  readonly memoryFor?: MemoryFor;
  /** Done before a session is created. */
  readonly prepare?: () => Promise<void>;
  /** Does work in the runtime, when nothing else may be under way there; at once by default. */
  readonly exclusive?: Exclusive;
  /** Starts a thread that draws dropout masks, for devices that leave the processor idle; none by default. */
  readonly startMaskThread?: () => MaskThread;
}

/** @param sizes - how many elements each parameter has */
export type MemoryFor = (
  optimizer: Optimizer,
  sizes: ReadonlyMap<string, number>,
) => OptimizerMemory | undefined;

/** Does work that calls the runtime. */
export type Exclusive = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** What a session depends on besides its program. */
export type SessionSettings = Pick<EngineOptions, "device" | "threads" | "profilePrefix">;

/** Compiles a program on a device. Nodes that the device lacks are refused, not moved to the CPU, by a test of the profile. */
export async function createSession(
  program: Program,
  { device, threads, profilePrefix }: SessionSettings,
  { ort, provider = device, prepare }: EnginePlatform,
): Promise<RuntimeSession> {
  await prepare?.();
  return ort.InferenceSession.create(program.graph.toModel("program"), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    // Without it 40% less memory at the same speed, within the noise: the pattern is kept in addition to the arena.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  });
}
