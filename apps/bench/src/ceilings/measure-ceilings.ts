import { packageFile } from "@nin/files";
import type { Absent } from "../implementations/targets.js";
import { ImplementationProcess } from "../protocol/implementation-process.js";
import type { Ceiling } from "../result/format.js";
import { summaryOf } from "../result/statistics.js";
import type { CeilingAnswer } from "./sampling.js";

const CHILD = packageFile(import.meta.url, "@nin/bench", "dist/ceilings/ceiling-child.js");

/** The hardware that there is a program for. */
const KNOWN = ["cpu", "cuda", "gpu", "lavapipe", "swiftshader"];

const TIMEOUT_MS = 60_000;

/** The ceilings that could be measured, and what could not. */
export interface MeasuredCeilings {
  readonly ceilings: readonly Ceiling[];
  readonly absent: readonly Absent[];
}

/** Measures each hardware, one after another. Hardware without a program, or whose program fails, is named. */
export async function measureCeilings(
  hardware: readonly string[],
  threads: number,
  signal: AbortSignal,
  report: (doing: string) => void,
): Promise<MeasuredCeilings> {
  const ceilings: Ceiling[] = [];
  const absent: Absent[] = [];
  for (const name of new Set(hardware)) {
    if (signal.aborted) break;
    report(name);
    const found = await measureCeiling(name, threads, signal);
    if (typeof found === "string") absent.push({ what: `ceilings of ${name}`, why: found });
    else ceilings.push(found);
  }
  return { ceilings, absent };
}

/** A ceiling, or why there is none. */
async function measureCeiling(
  hardware: string,
  threads: number,
  signal: AbortSignal,
): Promise<Ceiling | string> {
  if (!KNOWN.includes(hardware)) return "there is no program that measures it";
  const child = new ImplementationProcess({ file: process.execPath, args: [CHILD, hardware, `${threads}`] });
  const kill = (): void => child.kill();
  signal.addEventListener("abort", kill, { once: true });
  try {
    const answer = (await child.next(TIMEOUT_MS)) as CeilingAnswer;
    const { method, flops, matrixSize, bytes, arrayBytes } = answer;
    return {
      hardware,
      method,
      flopsPerSecond: summaryOf(flops),
      bytesPerSecond: summaryOf(bytes),
      matrixSize,
      arrayBytes,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    signal.removeEventListener("abort", kill);
    kill();
  }
}
