import type { CaseContext, CasePlan } from "../cases/case-context.js";
import type { Implementation } from "../implementations/targets.js";
import type { MemoryResult } from "../result/format.js";
import { withProcess } from "./with-process.js";

/** Enough for buffers and caches to reach their size: the second step finds what the first one freed. */
const STEPS = 4;
const OPEN_MS = 120_000;

/**
 * The peak memory of a process that opens a network and trains some steps on it at a batch size, and nothing
 * else: the checks of a case, which read all parameters, would add to it. A reason where it cannot be measured.
 */
export function measurePeakMemory(
  plan: CasePlan,
  implementation: Implementation,
  { recipe, threads, signal, report }: CaseContext,
  budgetMs: number,
): Promise<MemoryResult | string> {
  const { model, architecture, batch, precision, resident } = plan;
  report(`${model}, batch ${batch}, memory`, implementation.id);
  const job = {
    mode: "train",
    batch,
    threads,
    precision,
    ...(resident === undefined ? {} : { resident }),
  } as const;
  const timeoutMs = Math.max(OPEN_MS, budgetMs);
  return withProcess(implementation, { architecture, recipe, batch }, job, signal, async (process) => {
    await process.ask({ do: "open" }, timeoutMs);
    const { peakRssBytes, deviceBytes } = await process.ask({ do: "run", steps: STEPS }, timeoutMs);
    const identity = { model, batch, precision, implementation: implementation.id };
    return { ...identity, steps: STEPS, peakRssBytes, deviceBytes };
  });
}
