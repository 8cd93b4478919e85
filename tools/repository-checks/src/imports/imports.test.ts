import { describe, expect, it } from "vitest";
import { type WorkspacePackage, workspacePackages } from "../workspace.js";
import { importSpecifiers, packageOf } from "./specifiers.js";
import { packageWith } from "./testing/package-with.js";
import { importViolations } from "./violations.js";

it("holds for every import of the workspace", () => {
  const packages = workspacePackages().map(withoutSampleImports);
  expect(packages.length).toBeGreaterThan(10);
  expect(importViolations(packages)).toEqual([]);
});

describe("a violation is caught:", () => {
  const spec = packageWith("packages/spec", {});
  const reference = packageWith("packages/backend-reference", {});
  const fast = packageWith("packages/backend-fast", {});

  it.each([
    ["upward", packageWith("packages/spec", { "src/a.ts": 'import { b } from "@nin/backend-reference";' })],
    [
      "upward, loaded on demand",
      packageWith("packages/spec", { "src/a.ts": 'await import("@nin/backend-reference")' }),
    ],
    [
      "upward, for its effects",
      packageWith("packages/data", { "src/a.ts": 'import "@nin/backend-reference";' }),
    ],
    [
      "of another backend",
      packageWith("packages/backend-slow", { "src/a.ts": 'export * from "@nin/backend-reference";' }),
    ],
  ])("an import %s", (_, violating) => {
    expect(importViolations([violating, reference])).toContainEqual(
      expect.stringContaining(
        `imports upward or sideways: ${violating.folder} -> packages/backend-reference`,
      ),
    );
  });

  it.each([
    [
      "a backend imports another one",
      packageWith("packages/backend-slow", { "src/a.test.ts": 'import "@nin/backend-fast";' }),
    ],
    [
      "conformance imports a backend other",
      packageWith("packages/conformance", { "src/a.ts": 'import "@nin/backend-fast";' }),
    ],
    ["imports an app", packageWith("packages/data", { "src/a.test.ts": 'import "@nin/cli";' })],
    ["leaves its package", packageWith("packages/data", { "src/a.ts": 'import "../../spec/src/index.js";' })],
    ["not published", packageWith("packages/data", { "src/a.ts": 'import "./testing/a.js";' })],
    ["a runtime: node:fs", packageWith("packages/backend", { "src/a.ts": 'import "node:fs";' })],
    ["a runtime: left-pad", packageWith("packages/backend", { "src/a.ts": 'import "left-pad";' })],
    ["never names it", packageWith("packages/data", {}, ["left-pad"])],
    ["has no place", packageWith("packages/other", {})],
  ])("%s", (breach, violating) => {
    const cli = packageWith("apps/cli", {});
    expect(importViolations([violating, spec, fast, cli])).toContainEqual(expect.stringContaining(breach));
  });

  it("a package that is not declared", () => {
    const undeclared = { ...packageWith("packages/data", { "src/a.ts": 'import "@nin/spec";' }) };
    const manifest = { ...undeclared.manifest, dependencies: {} };
    expect(importViolations([{ ...undeclared, manifest }, spec])).toEqual([
      'packages/data/src/a.ts: "@nin/spec" is not in the package\'s dependencies',
    ]);
  });

  it("a circle of dependencies, also for development", () => {
    const a = packageWith("packages/data", { "src/a.ts": 'import "@nin/spec";' });
    const b = packageWith("packages/spec", { "src/a.test.ts": 'import "@nin/data";' });
    expect(importViolations([a, b])).toContainEqual(
      "the packages depend on each other: @nin/data -> @nin/spec -> @nin/data",
    );
  });
});

it("allows what the layers allow", () => {
  const training = packageWith("packages/training", {
    "src/a.ts": 'import "@nin/spec"; import "node:fs"; import "./b.js";',
    "src/a.test.ts": 'import "@nin/backend-reference"; import "./testing/c.js";',
  });
  const others = ["packages/spec", "packages/backend-reference"].map((folder) => packageWith(folder, {}));
  expect(importViolations([training, ...others])).toEqual([]);
});

it("allows a tool to tests alone", () => {
  const tool = packageWith("tools/chromium", {});
  const importing = (path: string) => packageWith("packages/data", { [path]: 'import "@nin/chromium";' });
  expect(importViolations([importing("src/a.test.ts"), tool])).toEqual([]);
  expect(importViolations([importing("src/a.ts"), tool])).toEqual([
    'packages/data/src/a.ts: "@nin/chromium" imports upward or sideways: packages/data -> tools/chromium',
  ]);
});

it("reads every form of import", () => {
  const text = `import a from "one";
    import { type B,
      c } from 'two/deep';
    import type { D } from "@scope/three/sub";
    export { e } from "./four.js";
    export * from "five";
    import "six";
    const f = await import("seven"); type G = import("eight").G;
    const from = "none"; run("--import", from, "nothing"); say("import 'none'");`;
  const names = ["one", "two/deep", "@scope/three/sub", "./four.js", "five", "six", "seven", "eight"];
  expect(importSpecifiers(text)).toEqual(names);
  expect(names.map(packageOf)).toEqual([
    "one",
    "two",
    "@scope/three",
    undefined,
    "five",
    "six",
    "seven",
    "eight",
  ]);
});

/** This file's samples look like imports. */
function withoutSampleImports(found: WorkspacePackage): WorkspacePackage {
  return { ...found, code: found.code.filter(({ path }) => path !== "src/imports/imports.test.ts") };
}
