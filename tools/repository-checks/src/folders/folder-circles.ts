import type { ValueImport } from "./value-imports.js";

/** The files that lie directly in a folder which has folders too. */
export const OWN_FILES = ".";

/** Folders that use each other's values, directly or through others. */
export interface FolderCircle {
  /** The folder that they lie in; empty for `src`. */
  readonly parent: string;
  /** In code-point order. `.` stands for the files directly in `parent`. */
  readonly folders: readonly string[];
  /** An import of each pair of them: `layers/a.ts -> tensor.js`. */
  readonly examples: readonly string[];
}

/**
 * The circles of value imports between the folders of a package, at each level on its own: between the folders
 * of `src` with the files directly in it, and likewise between those of each folder further down.
 */
export function folderCircles(imports: readonly ValueImport[]): readonly FolderCircle[] {
  const parents = new Set(imports.flatMap(({ from }) => parentsOf(from)));
  return [...parents].toSorted().flatMap((parent) => circlesIn(parent, imports));
}

/** Imports that go from a folder to one after it in `order`, or to one that it does not know. */
export function upwardImports(imports: readonly ValueImport[], order: readonly string[]): readonly string[] {
  const unknown = foldersOf("", imports).filter((folder) => folder !== OWN_FILES && !order.includes(folder));
  const upward = imports.filter(({ from, to }) => rankOf(to, order) > rankOf(from, order));
  return [
    ...unknown.map((folder) => `${folder} has no place in the order`),
    ...upward.map(({ from, to }) => `${from} -> ${to}`),
  ];
}

/** Files directly in `src` come last: they may use every folder. */
function rankOf(path: string, order: readonly string[]): number {
  const folder = childOf("", path);
  return folder === OWN_FILES ? order.length : order.indexOf(folder);
}

function circlesIn(parent: string, imports: readonly ValueImport[]): readonly FolderCircle[] {
  const within = imports.filter(({ from, to }) => isIn(parent, from) && isIn(parent, to));
  const edges = within
    .map(({ from, to }) => ({
      from: childOf(parent, from),
      to: childOf(parent, to),
      text: `${from} -> ${to}`,
    }))
    .filter(({ from, to }) => from !== to);
  const reachable = (start: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const waiting = [start];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const { from, to } of edges) {
        if (from !== next || found.has(to)) continue;
        found.add(to);
        waiting.push(to);
      }
    }
    return found;
  };
  const reached = new Map(foldersOf(parent, imports).map((folder) => [folder, reachable(folder)]));
  const circles = [...reached].flatMap(([folder, targets]) => {
    if (!targets.has(folder)) return [];
    return [[...reached.keys()].filter((other) => targets.has(other) && reached.get(other)?.has(folder))];
  });
  const distinct = new Map(circles.map((folders) => [folders.join(), folders]));
  return [...distinct.values()].map((folders) => ({
    parent,
    folders,
    examples: folders.flatMap((a) =>
      folders.flatMap((b) => edges.find(({ from, to }) => from === a && to === b)?.text ?? []),
    ),
  }));
}

function foldersOf(parent: string, imports: readonly ValueImport[]): readonly string[] {
  const paths = imports.flatMap(({ from, to }) => [from, to]).filter((path) => isIn(parent, path));
  return [...new Set(paths.map((path) => childOf(parent, path)))].toSorted();
}

function parentsOf(path: string): readonly string[] {
  const folders = path.split("/").slice(0, -1);
  return ["", ...folders.map((_, index) => folders.slice(0, index + 1).join("/"))];
}

function isIn(parent: string, path: string): boolean {
  return parent === "" || path.startsWith(`${parent}/`);
}

/** The folder of `parent` that a file lies in. */
function childOf(parent: string, path: string): string {
  const rest = parent === "" ? path : path.slice(parent.length + 1);
  const end = rest.indexOf("/");
  return end < 0 ? OWN_FILES : rest.slice(0, end);
}
