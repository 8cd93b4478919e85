import { type ConformanceCase, conformanceCases, type LevelName, levelOf } from "@nin/conformance";

const ONE_BATCH: readonly LevelName[] = ["shapes", "parameters", "forward", "gradients"];

/**
 * The quick cases, and the tutorial's network at full size compared with PyTorch, in two halves that take as long: the
 * levels that compute one batch, and the others. Files of tests run at once.
 */
export function quickCases(half: "one batch" | "others"): readonly ConformanceCase[] {
  return conformanceCases().filter(
    ({ id, quick }) =>
      (quick || id.includes("/nin-base/")) && ONE_BATCH.includes(levelOf(id)) === (half === "one batch"),
  );
}
