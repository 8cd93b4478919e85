import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundlePackage } from "./bundle-package.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nin-bundle-"));
  write("package.json", {
    name: "trial",
    type: "module",
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./node": { types: "./dist/node.d.ts", default: "./dist/node.js" },
      "./schema.json": "./schema.json",
    },
  });
  write("src/index.ts", 'export { Counter } from "./parts/counter.js";');
  write("src/node.ts", 'export { Counter } from "./parts/counter.js"; export { platform } from "node:os";');
  write("src/parts/counter.ts", "export class Counter { constructor(readonly start: number) {} }");
  write(
    "src/child/start.ts",
    'import { Counter } from "../parts/counter.js"; console.log(new Counter(3).start);',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @type {(path: string, content: string | object) => void} */
function write(path, content) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
}

/** @type {(path: string) => Promise<Record<string, unknown>>} */
const load = (path) => import(pathToFileURL(join(folder, path)).href);

test("a package has a file for each entry point, which share the class that both export", async () => {
  await bundlePackage(folder);
  const [index, node] = [await load("dist/index.js"), await load("dist/node.js")];
  expect(index.Counter).toBe(node.Counter);
  expect(node.platform).toBeTypeOf("function");
  expect(existsSync(join(folder, "dist/parts"))).toBe(false);
});

test("a module that is started by its file stays where it was", async () => {
  await bundlePackage(folder, ["child/start"]);
  expect(execFileSync(process.execPath, [join(folder, "dist/child/start.js")], { encoding: "utf8" })).toBe(
    "3\n",
  );
});

test("source maps lead to the sources, and what an earlier build left is removed", async () => {
  write("dist/parts/removed.js", "");
  await bundlePackage(folder, ["child/start"]);
  expect(existsSync(join(folder, "dist/parts/removed.js"))).toBe(false);
  const { sources, sourcesContent } = JSON.parse(
    readFileSync(join(folder, "dist/child/start.js.map"), "utf8"),
  );
  expect(sources).toEqual(["../../src/child/start.ts"]);
  expect(sourcesContent[0]).toContain("new Counter(3)");
});

test("nothing is imported for nothing, of which users' bundlers would warn", async () => {
  write("src/table.ts", "export const table = new Map(Object.entries(globalThis));");
  write(
    "src/other.ts",
    'import { table } from "./table.js"; export const other = 1; export const size = () => table.size;',
  );
  write("src/index.ts", 'export { other } from "./other.js";');
  write("src/node.ts", 'export { table } from "./table.js";');
  await bundlePackage(folder);
  for (const entry of ["index", "node"])
    expect(readFileSync(join(folder, `dist/${entry}.js`), "utf8")).not.toMatch(/^import "/m);
  expect((await load("dist/index.js")).other).toBe(1);
});

test("a module that is not there is an error", async () => {
  await expect(bundlePackage(folder, ["missing"])).rejects.toThrow("src/missing.ts");
});
