import { posix } from "node:path";
import { importSpecifiers } from "../imports/specifiers.js";
import type { WorkspacePackage } from "../workspace.js";

/** From this many lines on, a file holds enough to be read by itself. */
const ENOUGH_LINES = 25;

const SOURCE = /^src\/.+\.tsx?$/;
const TEST = /\.test\.tsx?$/;
/** One file for each kind of layer, however short, so that a kind is found by its name. */
const LAYER_KIND = /(?:^|\/)layers\/[^/]+\.ts$/;
/** What it exports has a file of its own, however short. */
const ENTRY = /^src\/(?:[^/]+\/)*index\.ts$/;
/** Such a file has effects alone, which must come before those of other imports. */
const EXPORTS = /^export\b/m;
const RE_EXPORTS = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/|export\s[^;]*?\sfrom\s*"[^"]+";)*$/;

/** A file that belongs into the one that imports it. */
export interface Fragment {
  /** Of the repository: `packages/page/src/a.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly importer: string;
}

/**
 * The source files of a package that are under 25 lines and have a single importer, their own test aside. Not counted
 * are tests, files that nothing imports (a package's entries, what is started as a process or a thread), what a
 * package's entry exports or is imported for its effect alone, files that only export again, and one file a layer kind.
 */
export function fragmentsOf({ folder, code }: WorkspacePackage): readonly Fragment[] {
  const sources = code.filter(({ path }) => SOURCE.test(path));
  const imports = sources.flatMap(({ path, text }) =>
    importSpecifiers(text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => ({ from: path, to: posix.join(posix.dirname(path), specifier) })),
  );
  return sources.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    if (lines >= ENOUGH_LINES || TEST.test(path) || LAYER_KIND.test(path)) return [];
    if (RE_EXPORTS.test(text) || !EXPORTS.test(text)) return [];
    const module = path.replace(/\.tsx?$/, "");
    const importers = new Set(
      imports
        .filter(({ from, to }) => to === `${module}.js` && from !== `${module}.test.ts`)
        .map(({ from }) => from),
    );
    const [importer] = importers;
    if (importer === undefined || importers.size > 1 || ENTRY.test(importer)) return [];
    return [{ path: `${folder}/${path}`, lines, importer: `${folder}/${importer}` }];
  });
}
