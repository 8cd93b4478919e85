import { readdir, readFile } from "node:fs/promises";
import { parseStudyResults, type StudyResults } from "@nin/study";

/** What stands in a block of a page when nothing was run yet. */
export const NOT_RUN = "_Not run yet._";

/** What pages are filled from: studies by name, and other results by the name of their file. */
export interface Results {
  study(name: string): StudyResults | undefined;
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
 * Reads the committed results.
 *
 * @param folder - `results/` of the repository
 * @throws `SpecError` for a study's results that are none
 */
export async function readResults(folder: URL): Promise<Results> {
  const read = async (place: URL): Promise<ReadonlyMap<string, unknown>> => {
    const names = (await readdir(place)).filter((name) => name.endsWith(".json"));
    const texts = await Promise.all(names.map((name) => readFile(new URL(name, place), "utf8")));
    return new Map(
      names.map((name, index) => [name.slice(0, -5), JSON.parse(texts[index] as string) as unknown]),
    );
  };
  const files = await read(folder);
  const studies = await read(new URL("studies/", folder));
  const parsed = new Map([...studies].map(([name, json]) => [name, parseStudyResults(json)]));
  return { study: (name) => parsed.get(name), file: (name) => files.get(name) };
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
