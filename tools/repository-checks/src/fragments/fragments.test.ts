import { describe, expect, it } from "vitest";
import { type WorkspacePackage, workspacePackages } from "../workspace.js";
import { fragmentsOf } from "./fragments.js";

/** Of packages that change at the moment. The list only becomes shorter. */
const ALLOWED: readonly string[] = [
  "apps/cli/src/commands/data.ts",
  "packages/backend-onnxruntime/src/testing/python-onnx.ts",
  "packages/backend-webgpu/src/device/node-details.ts",
  "packages/backend-webgpu/src/testing/null-device.ts",
  "packages/spec/src/arbitrary/sizes.ts",
];

it("a file of under 25 lines with a single importer belongs into that one", () => {
  const fragments = workspacePackages().flatMap(fragmentsOf);
  expect(fragments.filter(({ path }) => !ALLOWED.includes(path))).toEqual([]);
});

describe("a fragment", () => {
  const found = (files: Readonly<Record<string, string>>): readonly string[] =>
    fragmentsOf(packageOf(files)).map(({ path, importer }) => `${path} <- ${importer}`);
  const short = "export const a = 1;\n";
  const use = (module: string): string => `import { a } from "${module}";\nconsole.log(a);\n`;

  it("is a short file with one importer, whatever its own test imports", () => {
    const files = {
      "src/deep/a.ts": short,
      "src/b.ts": use("./deep/a.js"),
      "src/deep/a.test.ts": use("./a.js"),
    };
    expect(found(files)).toEqual(["packages/p/src/deep/a.ts <- packages/p/src/b.ts"]);
  });

  it("is also one that is imported for a type, or on demand", () => {
    expect(found({ "src/a.ts": short, "src/b.ts": 'import type { A } from "./a.js";\n' })).toHaveLength(1);
    expect(found({ "src/a.ts": short, "src/b.ts": 'await import("./a.js");\n' })).toHaveLength(1);
  });

  it("has fewer than 25 lines", () => {
    const lines = (count: number): string => `${short}${"// a line\n".repeat(count - 1)}`;
    expect(found({ "src/a.ts": lines(24), "src/b.ts": use("./a.js") })).toHaveLength(1);
    expect(found({ "src/a.ts": lines(25), "src/b.ts": use("./a.js") })).toHaveLength(0);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["with two importers", { "src/a.ts": short, "src/b.ts": use("./a.js"), "src/c.ts": use("./a.js") }],
    ["that nothing imports", { "src/a.ts": short }],
    ["that is a test", { "src/a.test.ts": short, "src/b.ts": use("./a.test.js") }],
    ["that an entry exports", { "src/a.ts": short, "src/index.ts": 'export { a } from "./a.js";\n' }],
    [
      "that only exports again",
      { "src/a.ts": '/** Again. */\nexport { x } from "y";\n', "src/b.ts": use("./a.js") },
    ],
    ["that has effects alone", { "src/a.ts": "globalThis.x = 1;\n", "src/b.ts": 'import "./a.js";\n' }],
    ["of a layer kind", { "src/layers/relu.ts": short, "src/b.ts": use("./layers/relu.js") }],
  ])("is not a file %s", (_, files) => {
    expect(found(files)).toEqual([]);
  });
});

function packageOf(files: Readonly<Record<string, string>>): WorkspacePackage {
  const code = Object.entries(files).map(([path, text]) => ({ path, text }));
  return { folder: "packages/p", manifest: { name: "p", version: "1.0.0" }, code };
}
