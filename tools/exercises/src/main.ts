/**
 * `npx -y pnpm exercises [--check]`: makes every table and chart of docs/exercises anew from results/.
 * With `--check` nothing is written, and the status is 1 where something would change.
 */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { makeFolders, realFileSystem, writeFileAtomic } from "@nin/files";
import { pages } from "./pages.js";
import { NOT_RUN, readResults, renderPage } from "./render.js";

const ROOT = new URL("../../../", import.meta.url);
const DOCS = new URL("docs/exercises/", ROOT);

const results = await readResults(ROOT);
const isCheck = process.argv.includes("--check");
let changed = 0;
const written = await readdir(DOCS);
for (const page of pages) {
  if (!written.includes(`${page.name}.md`)) {
    console.log(`${page.name}: there is no such page yet`);
    continue;
  }
  const path = new URL(`${page.name}.md`, DOCS);
  await put(path, renderPage(await readFile(path, "utf8"), page, results));
  for (const [name, chart] of Object.entries(page.charts)) {
    const svg = chart(results);
    if (svg === undefined) console.log(`${page.name}: ${name}: ${NOT_RUN}`);
    else await put(new URL(`images/${name}.svg`, DOCS), svg);
  }
}
if (isCheck && changed > 0) process.exitCode = 1;

async function put(path: URL, text: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  changed += 1;
  console.log(`${isCheck ? "would change" : "wrote"} ${fileURLToPath(path)}`);
  if (isCheck) return;
  await makeFolders(realFileSystem, fileURLToPath(new URL(".", path)));
  await writeFileAtomic(fileURLToPath(path), text);
}
