import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("the main entry bundles for the browser, without Node modules", async () => {
  const { outputFiles, errors } = await build({
    entryPoints: [fileURLToPath(new URL("index.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "silent",
  });
  expect(errors).toEqual([]);
  expect(outputFiles[0]?.text).toContain("parseSafetensors");
  expect(outputFiles[0]?.text).not.toMatch(/["']node:|\bprocess\.|\bBuffer\b/);
});
