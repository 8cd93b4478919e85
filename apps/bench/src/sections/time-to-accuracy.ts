import { type Architecture, builtinRecipe } from "@nin/spec";
import type { Contestant } from "../implementations/implementation";
import { Material } from "../workload/workload";
import { ContestantProcess } from "../protocol/implementation-process";
import type { AccuracyResult } from "../result/format";
import type { CaseContext } from "../cases/case-context";

export interface AccuracyPlan {
  readonly model: string;
  readonly architecture: Architecture;
  readonly batch: number;
  readonly recipe: string;
  readonly data: string;
  readonly target: number;
}

const START_MS = 120_000;
/** The last steps and evaluation may go beyond the limit by so much. */
const PATIENCE = 2;
const KEPT_POINTS = 400;

/**
 * How long a contestant trains until it is right about so many test images, once, alone. A reason where
 * it cannot be told.
 */
export async function measureAccuracy(
  plan: AccuracyPlan,
  contestant: Contestant,
  { threads, signal, report }: CaseContext,
  budgetMs: number,
): Promise<AccuracyResult | string> {
  const { model, architecture, batch, recipe, data, target } = plan;
  report(`${model}, batch ${batch}, accuracy`, `${contestant.id}: training to ${100 * target}%`);
  const material = await Material.write(architecture, builtinRecipe(recipe), batch);
  const job = await material.job({ mode: "epoch", batch, threads, precision: "f32", data });
  const process = new ContestantProcess(contestant.command, job);
  const kill = (): void => process.kill();
  signal.addEventListener("abort", kill, { once: true });
  try {
    await process.ask({ do: "open" }, START_MS);
    const request = { do: "reach", accuracy: target, limitMs: budgetMs } as const;
    const { curve, ...answer } = await process.ask(request, START_MS + PATIENCE * budgetMs);
    const every = Math.ceil(curve.length / KEPT_POINTS);
    const kept = curve.filter((_, index) => index % every === 0);
    return { model, batch, recipe, data, target, contestant: contestant.id, ...answer, curve: kept };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    signal.removeEventListener("abort", kill);
    process.kill();
    await material.remove();
  }
}
