import type { CaseResult } from "./format.js";

/** `nin-mnist, batch 8, train`: the same in every text and file. */
export function caseName({
  model,
  batch,
  mode,
  precision,
}: Pick<CaseResult, "model" | "batch" | "mode" | "precision">): string {
  return [model, `batch ${batch}`, mode, ...(precision === "f32" ? [] : [precision])].join(", ");
}
