import { readdir, readFile } from "node:fs/promises";
import { parseStudy } from "@nin/study";
import { planRuns } from "@nin/study/node";
import { describe, expect, it } from "vitest";
import { gpuTable } from "./on-a-gpu.js";
import { pages } from "./pages.js";
import { type ExercisePage, NOT_RUN, readResults, renderPage } from "./render.js";

const ROOT = new URL("../../../", import.meta.url);
const DOCS = new URL("docs/exercises/", ROOT);
const results = await readResults(ROOT);
const named = (ending: string, names: readonly string[]) =>
  names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
const written = named(".md", await readdir(DOCS)).filter((name) => name !== "README");

describe("docs/exercises", () => {
  it.each(pages.filter(({ name }) => written.includes(name)))(
    "$name is what the committed results make",
    async (page) => {
      const text = await readFile(new URL(`${page.name}.md`, DOCS), "utf8");
      expect(text).toBe(renderPage(text, page, results));
      expect(text).not.toContain(NOT_RUN);
      for (const [name, chart] of Object.entries(page.charts)) {
        expect(await readFile(new URL(`images/${name}.svg`, DOCS), "utf8"), name).toBe(chart(results));
        expect(text).toContain(`(images/${name}.svg)`);
      }
    },
  );

  it("has no page or chart that nothing makes", async () => {
    expect(written.filter((name) => !pages.some((page) => page.name === name))).toEqual([]);
    const made = pages
      .filter(({ name }) => written.includes(name))
      .flatMap(({ charts }) => Object.keys(charts));
    expect(named(".svg", await readdir(new URL("images/", DOCS)).catch(() => [])).sort()).toEqual(
      made.sort(),
    );
  });

  it("lists every page, and no other", async () => {
    const index = await readFile(new URL("README.md", DOCS), "utf8");
    const linked = [...index.matchAll(/^\| \[[^\]]+\]\(([\w-]+)\.md\)/gm)].map(([, name]) => name);
    expect(linked.sort()).toEqual(written.sort());
  });
});

describe("renderPage", () => {
  const page: ExercisePage = { name: "sample", blocks: { one: () => "new $& text\n" }, charts: {} };

  it("replaces what is in a block, and nothing else", () => {
    const text = "before\n<!-- begin one -->\nold\n<!-- end one -->\nafter\n";
    const made = "before\n<!-- begin one -->\n\nnew $& text\n\n<!-- end one -->\nafter\n";
    expect(renderPage(text, page, results)).toBe(made);
    expect(renderPage(made, page, results)).toBe(made);
  });

  it("refuses blocks that are missing, unknown or open", () => {
    for (const text of [
      "nothing",
      "<!-- begin two -->\n<!-- end two -->\n",
      "<!-- begin one -->\n<!-- end one -->\n<!-- begin two -->\n<!-- end two -->\n",
      "<!-- begin one -->\n",
    ]) {
      expect(() => renderPage(text, page, results), text).toThrow("sample");
    }
  });
});

it("reckons the time on a GPU from nin's", async () => {
  const grid = { model: ["nin", "alexnet"], seed: [0, 1] };
  const base = { "recipe.epochs": 10 };
  const study = parseStudy({ format: "nin-study", version: 1, name: "two", base, grid });
  const table = gpuTable(await planRuns(study, "."), { nin: "NiN" });
  // 10 epochs of 60,000 images at 10,386 a second, and their evaluation at about a third of the cost: 61 s a run.
  expect(table).toMatch(/^\| NiN +\| +1,992,166 \| +[\d.]+ G \| +2 \| +2 min \d s \|$/m);
  expect(table).toMatch(/^\| alexnet +\|/m);
  expect(table).toMatch(/^\| all +\| +\| +\| +4 \|/m);
});
