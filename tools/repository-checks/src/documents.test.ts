import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { type CommittedFile, committedFiles, root } from "./repository.js";

const LINK = /\]\((?!https?:|#)([^)#\s]+)/g;
const NAMED_FILE = /`((?:packages|apps|tools|examples|docs|results)\/[^`\s<>*]+)`/g;
/** The measurements write it; a checkout may have none yet. */
const RESULTS = "results";
/** How tests ask for what a machine may lack. */
const REQUIREMENT = /\b(?:lacking|isRequired|includes)\("([\w:-]+)"/g;

const files = committedFiles();
const documents = files.filter(({ path }) => path.endsWith(".md") && !path.startsWith(".changeset/"));

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, found = ""]) => found);
}

it("documents link to files that are there, and name none that are not", () => {
  const targets = documents.flatMap(({ path, text }) => [
    ...matches(text, LINK).map((link) => [path, posix.join(posix.dirname(path), link)] as const),
    ...matches(text, NAMED_FILE).map((name) => [path, name] as const),
  ]);
  expect(targets.length).toBeGreaterThan(30);
  const missing = targets.filter(([, target]) => target !== RESULTS && !existsSync(join(root, target)));
  expect(missing).toEqual([]);
});

describe("CONTRIBUTING.md", () => {
  const [, table = ""] =
    /\| name in `NIN_REQUIRE` +\|[^\n]*\n((?:\|.*\n)*)/.exec(read("CONTRIBUTING.md")) ?? [];
  const named = matches(table, /^\| `([^`]+)` +\|/gm);

  it("names what NIN_REQUIRE may name, and nothing else", () => {
    const tests = files.filter(({ path }) => /\.test\.ts$|\/testing\//.test(path));
    const used = new Set(tests.flatMap(requirementsOf));
    expect(named).toEqual([...used].sort());
  });

  it("names what CI requires: another name would require nothing", () => {
    const required = matches(read(".ci/run"), /requirements\+?=\(([^)]*)\)/g).flatMap((list) =>
      list.split(" "),
    );
    expect(required).toContain("tarballs");
    expect(required.filter((name) => !named.includes(name))).toEqual([]);
  });
});

function requirementsOf({ text }: CommittedFile): readonly string[] {
  return /NIN_REQUIRE|requirements\.js|@nin\/test-support/.test(text) ? matches(text, REQUIREMENT) : [];
}

function read(path: string): string {
  return files.find((file) => file.path === path)?.text ?? "";
}
