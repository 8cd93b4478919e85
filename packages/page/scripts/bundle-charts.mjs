// Bundles the scripts of pages, each with uPlot, into dist/browser: charts.js, and live.js of pages that a server
// keeps up to date. Pages have them inline.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { resolve } = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(resolve("uplot/package.json"), "utf8"));
const licence = readFileSync(resolve("uplot/LICENSE"), "utf8").trim();

await build({
  absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  entryPoints: ["src/browser/charts.ts", "src/browser/live.ts"],
  outdir: "dist/browser",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  // "sideEffects": false of our package would drop an import that sets up the page.
  ignoreAnnotations: true,
  banner: { js: `/*!\nuPlot ${version}\n\n${licence}\n*/` },
});
