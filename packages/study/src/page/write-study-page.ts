import { join, resolve } from "node:path";
import { writeFileAtomic } from "@nin/files";
import { RunError, readRunCurves } from "@nin/training/node";
import { readStudyFolder } from "../run/study-folder.js";
import { renderStudy, type StudyCurves } from "./render-study.js";

/** How many runs are read at the same time. */
const AT_ONCE = 16;

/**
 * Writes the page of a study, `report.html`, from what is in its folder, whether or not it is being run.
 *
 * @returns the page's path
 * @throws `StudyError` for a folder that is none of a study; `FileError`
 *
 * @example
 * ```ts
 * import { writeStudyPage } from "@nin/study/node";
 *
 * export async function show(folder: string): Promise<void> {
 *   console.log(await writeStudyPage(folder));
 * }
 * ```
 */
export async function writeStudyPage(folder: string): Promise<string> {
  const record = await readStudyFolder(folder);
  const ids = record.results.runs.filter(({ attempts }) => attempts > 0).map(({ id }) => id);
  const curves = new Map<string, StudyCurves>();
  const waiting = ids.values();
  const read = async (): Promise<void> => {
    for (const id of waiting) {
      const own = await curvesIn(join(folder, "runs", id));
      if (own !== undefined) curves.set(id, own);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  const path = join(resolve(folder), "report.html");
  await writeFileAtomic(path, renderStudy({ ...record, curves }));
  return path;
}

/** None where the run has no folder, as it failed before its first step or was trained elsewhere. */
async function curvesIn(folder: string): Promise<StudyCurves | undefined> {
  try {
    const { curves, stepsPerEpoch } = await readRunCurves(folder);
    return { curves, stepsPerEpoch };
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}
