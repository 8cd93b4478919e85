import { readFile } from "node:fs/promises";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";

/** Resolutions in which a package of ES modules alone cannot be loaded: not offered. */
const NOT_OFFERED: readonly string[] = ["node10", "node16-cjs"];

/** What is wrong with a tarball's types for those who import it as ES modules. */
export async function typeProblems(tarball: string): Promise<readonly Problem[]> {
  const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  if (analysis.types === false) throw new Error(`${tarball} has no types`);
  return analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && NOT_OFFERED.includes(problem.resolutionKind)),
  );
}
