import { describe, expect, it } from "vitest";
import { committedFiles } from "./repository.js";

/** A row of a table: the file or folder, what it shows, the machine, the command. */
const ROW = /^\| `([^`]+)` \|[^|]+\|[^|]+\| `([^`]+)` \|$/gm;

const files = committedFiles();
const index = files.find(({ path }) => path === "results/README.md")?.text ?? "";
const rows = [...index.matchAll(ROW)].map(([, name = "", command = ""]) => ({ name, command }));

describe("results/README.md", () => {
  it("lists every result, and nothing that is not there", () => {
    const results = files
      .filter(({ path }) => path.startsWith("results/") && path !== "results/README.md")
      .map(({ path }) => path.slice("results/".length));
    expect(results.length).toBeGreaterThan(30);
    const names = rows.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const isListed = (result: string): boolean =>
      names.some((name) => (name.endsWith("/") ? result.startsWith(name) : result === name));
    expect(results.filter((result) => !isListed(result))).toEqual([]);
    const isThere = (name: string): boolean =>
      results.some((result) => (name.endsWith("/") ? result.startsWith(name) : result === name));
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  });

  it("names commands that exist", () => {
    expect(rows.map(({ command }) => command).filter((command) => !exists(command))).toEqual([]);
    for (const unknown of ["measure nothing", "nin nothing", "gpu --steps nothing", "node tools/x.js"]) {
      expect(exists(unknown), unknown).toBe(false);
    }
  });
});

function exists(command: string): boolean {
  const [program = "", first = "", ...rest] = command.split(" ");
  if (program === "node") {
    const source = first.replace("/dist/", "/src/").replace(/\.js$/, ".ts");
    return files.some(({ path }) => path === first || path === source);
  }
  if (program === "nin") return hasCommand("apps/cli/src/", first);
  if (program === "measure") return hasCommand("tools/measure/src/", first);
  const steps =
    [first, ...rest]
      .join(" ")
      .match(/--steps (\S+)/)?.[1]
      ?.split(",") ?? [];
  const options = files.find(({ path }) => path === "tools/gpu/src/options.ts")?.text ?? "";
  return program === "gpu" && steps.length > 0 && steps.every((step) => options.includes(`"${step}"`));
}

/** Whether the source of a program defines a command. */
function hasCommand(folder: string, name: string): boolean {
  const definition = new RegExp(`\\b[cC]ommand\\("${name}["\\s]`);
  return files.some(({ path, text }) => path.startsWith(folder) && definition.test(text));
}
