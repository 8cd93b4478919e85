import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const entry = fileURLToPath(new URL("index.ts", import.meta.url));
const OPTIONS = {
  bundle: true,
  format: "esm",
  platform: "browser",
  write: false,
  logLevel: "silent",
} as const;

test("the main entry bundles for the browser", async () => {
  const { outputFiles, errors } = await build({ ...OPTIONS, entryPoints: [entry] });
  expect(errors).toEqual([]);
  expect(outputFiles[0]?.text).toContain("runConformance");
  expect(outputFiles[0]?.text).not.toMatch(/["']node:/);
});

// fast-check asks whether there is a Buffer.
test("nothing of ours in it needs Node", async () => {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [entry], external: ["fast-check"] });
  expect(outputFiles[0]?.text).toContain("runConformance");
  expect(outputFiles[0]?.text).not.toMatch(/["']node:|\bprocess\.|\bBuffer\b/);
});
