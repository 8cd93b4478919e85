import { type Architecture, builtinRecipe } from "@nin/spec";
import type { CaseContext } from "../cases/case-context.js";
import type { Implementation } from "../implementations/targets.js";
import type { AccuracyResult } from "../result/format.js";
import { withProcess } from "./with-process.js";

/** What is trained, and until when. */
export interface AccuracyPlan {
  readonly model: string;
  readonly architecture: Architecture;
  readonly batch: number;
  readonly recipe: string;
  readonly data: string;
  readonly target: number;
}

const OPEN_MS = 120_000;
/** The last steps and evaluation may exceed the time limit by this factor. */
const PATIENCE = 2;
const KEPT_POINTS = 400;

/**
 * How long an implementation trains until it reaches an accuracy on test images; once, alone. A reason where it
 * cannot be measured.
 */
export function measureTimeToAccuracy(
  plan: AccuracyPlan,
  implementation: Implementation,
  { threads, signal, report }: CaseContext,
  budgetMs: number,
): Promise<AccuracyResult | string> {
  const { model, architecture, batch, recipe, data, target } = plan;
  report(`${model}, batch ${batch}, accuracy`, `${implementation.id}: training to ${100 * target}%`);
  const work = { architecture, recipe: builtinRecipe(recipe), batch };
  const job = { mode: "epoch", batch, threads, precision: "f32", data } as const;
  return withProcess(implementation, work, job, signal, async (process) => {
    await process.ask({ do: "open" }, OPEN_MS);
    const request = { do: "reach", accuracy: target, limitMs: budgetMs } as const;
    const { curve, ...answer } = await process.ask(request, OPEN_MS + PATIENCE * budgetMs);
    const every = Math.ceil(curve.length / KEPT_POINTS);
    const kept = curve.filter((_, index) => index % every === 0);
    const done = { model, batch, recipe, data, target, implementation: implementation.id };
    return { ...done, ...answer, curve: kept };
  });
}
