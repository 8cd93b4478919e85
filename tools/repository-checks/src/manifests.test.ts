import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./repository.js";
import { type Manifest, publishedPackages, workspacePackages } from "./workspace.js";

const workspaceManifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

describe.each(publishedPackages())("$folder", ({ folder, manifest }) => {
  it("has the fields that every published package has", () => {
    expect(manifest).toMatchObject({
      name: `@nin/${folder.split("/").at(-1)}`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringMatching(/\.$/),
      license: workspaceManifest.license,
      type: "module",
      engines: workspaceManifest.engines,
      sideEffects: false,
      files: expect.arrayContaining(["dist", "LICENSE"]),
      publishConfig: { access: "public" },
    });
    expect(manifest).not.toHaveProperty("main");
    expect(manifest).not.toHaveProperty("scripts.postinstall");
  });

  it("exports a main entry, each entry with its types first", () => {
    const { "./package.json": packageFile, ...entries } = manifest.exports as Record<string, unknown>;
    expect(packageFile).toBe("./package.json");
    expect(Object.keys(entries)).toContain(".");
    for (const [entry, conditions] of Object.entries(entries)) {
      const stem = `./dist/${entry === "." ? "index" : entry.slice(2)}`;
      expect(JSON.stringify(conditions)).toBe(
        JSON.stringify({ types: `${stem}.d.ts`, default: `${stem}.js` }),
      );
    }
  });

  it("carries the repository's licence", () => {
    const licence = (place: string): string => readFileSync(join(root, place, "LICENSE"), "utf8");
    expect(licence(folder)).toBe(licence("."));
  });
});

it("gets every version from the catalog, or the workspace", () => {
  const pinned = workspacePackages().flatMap(({ folder, manifest }) =>
    Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([, range]) => range !== "catalog:" && range !== "workspace:^")
      .map(([name, range]) => `${folder}: ${name} ${range}`),
  );
  expect(pinned).toEqual([]);
});
