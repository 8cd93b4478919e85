import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./repository.js";
import { type Manifest, publishedPackages, workspacePackages } from "./workspace.js";

const workspaceManifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

/** Modules that are imported for what they do, as the whole of a page's worker: a bundler would leave them out. */
const EFFECTS = new Map([["packages/backend-onnxruntime", ["./dist/browser/worker.js"]]]);

describe.each(publishedPackages())("$folder", ({ folder, manifest }) => {
  it("has the fields that every published package has", () => {
    expect(manifest).toMatchObject({
      name: `@nin/${folder.split("/").at(-1)}`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringMatching(/\.$/),
      keywords: expect.arrayContaining(["network-in-network", "neural-network", "deep-learning"]),
      license: workspaceManifest.license,
      type: "module",
      engines: workspaceManifest.engines,
      files: expect.arrayContaining(["dist", "LICENSE"]),
      publishConfig: { access: "public" },
    });
    expect(manifest.sideEffects).toEqual(EFFECTS.get(folder) ?? false);
    // Once the repository has a public address, it stands in the workspace's own package.json.
    const { repository } = workspaceManifest;
    expect(manifest.repository).toEqual(repository && { ...repository, directory: folder });
    expect(manifest).not.toHaveProperty("main");
    expect(manifest).not.toHaveProperty("scripts.postinstall");
  });

  it("exports a main entry, each entry with its types first", () => {
    const { "./package.json": packageFile, ...entries } = manifest.exports as Record<string, unknown>;
    expect(packageFile).toBe("./package.json");
    expect(Object.keys(entries)).toContain(".");
    for (const [entry, conditions] of Object.entries(entries)) {
      if (entry.endsWith(".json")) {
        expect([entry, existsSync(join(root, folder, entry))]).toEqual([conditions, true]);
        continue;
      }
      const stem = `./dist/${entry === "." ? "index" : entry.slice(2)}`;
      expect(JSON.stringify(conditions)).toBe(
        JSON.stringify({ types: `${stem}.d.ts`, default: `${stem}.js` }),
      );
    }
  });

  it("has source maps with their sources", () => {
    const dist = join(root, folder, "dist");
    const maps = readdirSync(dist, { encoding: "utf8", recursive: true }).filter((path) =>
      path.endsWith(".js.map"),
    );
    const sources = maps.flatMap((path) => {
      const map = JSON.parse(readFileSync(join(dist, path), "utf8")) as {
        readonly sources: readonly string[];
        readonly sourcesContent?: readonly string[];
      };
      expect(map.sourcesContent, path).toHaveLength(map.sources.length);
      return map.sources;
    });
    expect(sources.length).toBeGreaterThan(0);
  });

  // A bundler renames a class that names itself.
  it("exports errors that have the names they are exported by", async () => {
    const { default: door } = (manifest.exports as Record<string, Record<string, string>>)["."] ?? {};
    const entry = (await import(join(root, folder, `${door}`))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(entry)) {
      if (typeof value === "function" && value.prototype instanceof Error) expect(value.name).toBe(name);
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
      .filter(([, range]) => !range.startsWith("catalog:") && range !== "workspace:^")
      .map(([name, range]) => `${folder}: ${name} ${range}`),
  );
  expect(pinned).toEqual([]);
});

it("says how to install optional peer dependencies in versions that suit", () => {
  const sentences = publishedPackages().flatMap(({ folder, manifest, code }) =>
    code
      .filter(({ path }) => path.endsWith("peers.ts"))
      .flatMap(({ text }) => [...text.matchAll(/install:\s+"([^"]+)"/g)])
      .flatMap(([, install = ""]) => install.split(" "))
      .map((each) => ({ folder, each, peers: manifest.peerDependencies ?? {} })),
  );
  expect(sentences.length).toBeGreaterThan(5);
  const unsuited = sentences.filter(({ each, peers }) => {
    const [, name = "", version = ""] = /^(@?[^@]+)(?:@(.+))?$/.exec(each) ?? [];
    const range = peers[name];
    return range === undefined || (version !== "" && !range.startsWith(`^${version}.`));
  });
  expect(unsuited).toEqual([]);
});
