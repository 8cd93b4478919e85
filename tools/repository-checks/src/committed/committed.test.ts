import { describe, expect, it } from "vitest";
import { committedFiles } from "../repository.js";
import { forbiddenSayings, longFiles } from "./findings.js";

describe("the committed files", () => {
  const files = committedFiles();

  it("name no machine, registry or folder next to the repository", () => {
    expect(files.length).toBeGreaterThan(200);
    expect(forbiddenSayings(files)).toEqual([]);
  });

  it("are at most 300 lines long where they are source", () => {
    expect(longFiles(files)).toEqual([]);
  });
});

describe("a finding", () => {
  const slash = "/";
  const saying = (text: string, path = "docs/a.md") => forbiddenSayings([{ path, text: `fine\n${text}` }]);

  it.each([
    `${slash}work/main/README.md`,
    `see ${slash}root/file`,
    `https:${slash}${slash}registry.${"example"}.org`,
    `https:${slash}${slash}files.pythonhosted${"."}org/x`,
    `..${slash}shared/data`,
  ])("is made of %s, with its line", (text) => {
    expect(saying(text)).toEqual([expect.stringMatching(/^docs\/a\.md:2 names a/)]);
  });

  it.each([
    "src/work/main",
    "a network/worker/x",
    "home/.cache",
    "a registry of backends",
    "src/registry.test.ts",
    `..${slash}shared-types`,
  ])("is not made of %s", (text) => {
    expect(saying(text)).toEqual([]);
  });

  it("is not made of what the CI script may say", () => {
    expect(saying(`..${slash}shared/data`, ".ci/run")).toEqual([]);
  });

  it("is made of a long source file", () => {
    const long = "x\n".repeat(301);
    const files = ["a.ts", "a.json", "b.ts"].map((path) => ({ path, text: path === "b.ts" ? "x\n" : long }));
    expect(longFiles(files)).toEqual(["a.ts has 301 lines"]);
  });
});
