import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseStudyResults, type StudyResults } from "@nin/study";
import { planStudy, type StudyPlan } from "@nin/study/node";

/** What stands in a block of a page when nothing was run yet. */
export const NOT_RUN = "_Not run yet._";

/** What pages are filled from. */
export interface Results {
  /** What a study found; undefined where it was not run yet. */
  study(name: string): StudyResults | undefined;
  /** The runs of a study, whether or not it was run. @throws Error for a study that there is not */
  plan(name: string): StudyPlan;
  /** Other results, by the name of their file. */
  file(name: string): unknown;
}

/** A page of docs/exercises, and what its blocks and charts are made from. */
export interface ExercisePage {
  /** Without `.md`. */
  readonly name: string;
  /** Markdown by the name of the block. */
  readonly blocks: Readonly<Record<string, (results: Results) => string>>;
  /** SVG by the name of the file in `images/`, without `.svg`; undefined where nothing was run yet. */
  readonly charts: Readonly<Record<string, (results: Results) => string | undefined>>;
}

/**
 * Reads studies and the committed results.
 *
 * @param root - of the repository
 * @throws `SpecError`, `StudyError` for a study, or results of one, that are none
 */
export async function readResults(root: URL): Promise<Results> {
  const files = await readFolder(new URL("results/", root));
  const found = await readFolder(new URL("results/studies/", root));
  const studies = new Map([...found].map(([name, json]) => [name, parseStudyResults(json)]));
  const folder = new URL("studies/", root);
  const plans = new Map<string, StudyPlan>();
  for (const name of await jsonNames(folder)) {
    plans.set(name, await planStudy(fileURLToPath(new URL(`${name}.json`, folder))));
  }
  return {
    study: (name) => studies.get(name),
    plan(name) {
      const plan = plans.get(name);
      if (plan === undefined) throw new Error(`studies/${name}.json: expected a study, found none`);
      return plan;
    },
    file: (name) => files.get(name),
  };
}

/** The JSON files of a folder by name, without `.json`. */
async function readFolder(folder: URL): Promise<ReadonlyMap<string, unknown>> {
  const contents = (await jsonNames(folder)).map(async (name) => {
    const text = await readFile(new URL(`${name}.json`, folder), "utf8");
    return [name, JSON.parse(text) as unknown] as const;
  });
  return new Map(await Promise.all(contents));
}

async function jsonNames(folder: URL): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
}

/**
 * A page whose blocks are made anew. A block stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
 *
 * @throws Error for a block that the page lacks, or one that nothing fills
 */
export function renderPage(text: string, page: ExercisePage, results: Results): string {
  const names = [...text.matchAll(/^<!-- begin (\S+) -->$/gm)].map(([, name]) => String(name));
  const expected = Object.keys(page.blocks);
  if ([...names].sort().join() !== [...expected].sort().join()) {
    throw new Error(
      `${page.name}: expected the blocks ${expected.join(", ")}, found ${names.join(", ") || "none"}`,
    );
  }
  return expected.reduce((done, name) => {
    const block = new RegExp(`^<!-- begin ${name} -->$[^]*?^<!-- end ${name} -->$`, "m");
    const content = page.blocks[name]?.(results).trim();
    if (!block.test(done)) throw new Error(`${page.name}: the block ${name} has no end`);
    return done.replace(block, () => `<!-- begin ${name} -->\n\n${content}\n\n<!-- end ${name} -->`);
  }, text);
}
