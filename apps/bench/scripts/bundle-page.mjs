// Bundles what the benchmark's page runs into dist/in-page: each implementation and its runtime is a chunk of its own,
// which the page loads when it is measured.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// The package does not say its version in a page, and does not export its package.json.
const jaxFolder = dirname(dirname(createRequire(import.meta.url).resolve("@jax-js/jax")));
const { version } = JSON.parse(readFileSync(join(jaxFolder, "package.json"), "utf8"));

const absWorkingDir = fileURLToPath(new URL("..", import.meta.url));
// The names of chunks change with what is in them.
rmSync(join(absWorkingDir, "dist/in-page"), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir,
  entryPoints: ["src/in-page/main.ts", "src/in-page/engine-worker.ts"],
  outdir: "dist/in-page",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "inline",
  platform: "browser",
  // TensorFlow.js asks for these in Node alone.
  external: ["util", "crypto", "string_decoder", "node-fetch"],
  define: { JAX_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: "warning",
});

// The page gets ONNX Runtime's WebAssembly from the package that is installed, which must be of the same version.
const ort = JSON.parse(
  readFileSync(join(absWorkingDir, "node_modules/onnxruntime-web/package.json"), "utf8"),
);
const versions = { "onnxruntime-web": ort.version, "@jax-js/jax": version };
writeFileSync(join(absWorkingDir, "dist/in-page/versions.json"), JSON.stringify(versions, undefined, 2));

// The licences of the packages whose code is in the scripts.
const folders = Object.keys(metafile.inputs).flatMap(
  (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
);
const texts = [...new Set(folders)].toSorted().map((folder) => {
  const from = join(absWorkingDir, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  const file = readdirSync(from).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : `\n${readFileSync(join(from, file), "utf8").trim()}\n`;
  return `${name} ${version}: ${license}\n${text}`;
});
writeFileSync(join(absWorkingDir, "dist/in-page/licences.txt"), texts.join(`\n${"-".repeat(80)}\n`));
