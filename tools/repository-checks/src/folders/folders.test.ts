import { at, present } from "@nin/spec";
import { expect, it } from "vitest";
import { workspacePackages } from "../workspace.js";
import { folderCircles, upwardImports } from "./folder-circles.js";
import { type ValueImport, valueImports } from "./value-imports.js";

/**
 * Packages whose folders still use each other's values, in code-point order. The list may only become shorter. In
 * backend-tfjs the backend's id and what a trial of the addon starts lie directly in `src`, beside the entry points, and
 * the layers' layout lies in `runtime`.
 */
const WITH_CIRCLES: readonly string[] = ["packages/backend-tfjs"];

/** The order in which the folders of a package build on each other, where it has been written down. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  "packages/backend-webgpu": ["device", "kernels", "program", "layers", "tuning", "runtime", "profiling"],
};

const packages = await Promise.all(
  workspacePackages().map(async ({ folder, code }) => ({ folder, imports: await valueImports(code) })),
);

it("sees the packages' imports", () => {
  const imports = packages.flatMap((found) => found.imports);
  expect(imports.length).toBeGreaterThan(500);
  expect(packages.filter((found) => found.imports.length > 0).length).toBeGreaterThan(15);
});

it("no folders of a package use each other's values", () => {
  const circles = packages
    .filter(({ folder }) => !WITH_CIRCLES.includes(folder))
    .flatMap(({ folder, imports }) =>
      folderCircles(imports).map((circle) => ({ package: folder, ...circle })),
    );
  expect(circles).toEqual([]);
});

it("a package that is excused has circles", () => {
  const excused = packages.filter(({ folder }) => WITH_CIRCLES.includes(folder));
  expect(excused.map(({ folder }) => folder)).toEqual([...WITH_CIRCLES].toSorted());
  const withoutAny = excused.filter(({ imports }) => folderCircles(imports).length === 0);
  expect(withoutAny.map(({ folder }) => folder)).toEqual([]);
});

it.each(Object.entries(ORDERS))("the folders of %s keep their order", (name, order) => {
  const own = present(packages.find(({ folder }) => folder === name)).imports;
  expect(own.length).toBeGreaterThan(100);
  expect(upwardImports(own, order)).toEqual([]);
});

const imports = (...pairs: readonly string[]): readonly ValueImport[] =>
  pairs.map((pair) => {
    const ends = pair.split(" > ");
    return { from: at(ends, 0), to: at(ends, 1) };
  });

it("finds a circle of two folders, of three, and with the files above them", () => {
  expect(folderCircles(imports("a/x.ts > b/y.js", "b/z.ts > a/w.js", "c/x.ts > a/x.js"))).toEqual([
    { parent: "", folders: ["a", "b"], examples: ["a/x.ts -> b/y.js", "b/z.ts -> a/w.js"] },
  ]);
  expect(folderCircles(imports("a/x.ts > b/y.js", "b/y.ts > c/z.js", "c/z.ts > a/w.js"))).toMatchObject([
    { folders: ["a", "b", "c"] },
  ]);
  expect(folderCircles(imports("index.ts > a/x.js", "a/x.ts > errors.js"))).toMatchObject([
    { parent: "", folders: [".", "a"] },
  ]);
});

it("finds two circles of one package, and one further down", () => {
  const two = imports("a/x.ts > b/y.js", "b/y.ts > a/x.js", "c/x.ts > d/y.js", "d/y.ts > c/x.js");
  expect(folderCircles(two).map(({ folders }) => folders)).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  const below = imports("a/one/x.ts > a/two/y.js", "a/two/y.ts > a/one/z.js");
  expect(folderCircles(below)).toMatchObject([{ parent: "a", folders: ["one", "two"] }]);
});

it("takes files of one folder that use each other for none", () => {
  expect(folderCircles(imports("a/x.ts > a/y.js", "a/y.ts > a/x.js", "b/x.ts > a/y.js"))).toEqual([]);
});

it("finds an import against the order, and a folder without a place", () => {
  const order = ["low", "high"];
  expect(upwardImports(imports("high/x.ts > low/y.js", "index.ts > low/y.js"), order)).toEqual([]);
  expect(upwardImports(imports("low/x.ts > high/y.js", "low/x.ts > index.js"), order)).toEqual([
    "low/x.ts -> high/y.js",
    "low/x.ts -> index.js",
  ]);
  expect(upwardImports(imports("high/x.ts > new/y.js"), order)).toContain("new has no place in the order");
});

it("counts values alone: no types, no tests, nothing of other packages", async () => {
  const text = `import type { A } from "./types.js";
    import { type B, b } from "./both.js";
    import { C } from "./only-used-as-type.js";
    import { d } from "@nin/spec";
    export { e } from "../up.js";
    export type { F } from "./types.js";
    export const g = async (c: C, x: A, y: B) => [b, d, c, x, y, await import("./on-demand.js")];`;
  const code = ["src/folder/x.ts", "src/folder/x.test.ts", "src/testing/x.ts", "scripts/x.ts"];
  expect(await valueImports(code.map((path) => ({ path, text })))).toEqual([
    { from: "folder/x.ts", to: "folder/both.js" },
    { from: "folder/x.ts", to: "up.js" },
    { from: "folder/x.ts", to: "folder/on-demand.js" },
  ]);
});
