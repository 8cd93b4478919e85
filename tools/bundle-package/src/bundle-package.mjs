import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const BUILT = /^\.\/dist\/(.+)\.js$/;
/** An import for the order of evaluation alone, which means nothing where modules have no side effects. */
const BARE_IMPORT = /^import\s"[^"]*\/shared\/[^"]+";$/gm;

/**
 * Compiles a package's TypeScript into one module for each entry point, with what several share in chunks: Node needs
 * most of a millisecond for each file that it loads, and a command loaded 700. Other packages stay imports, and what
 * `dist` held before is removed.
 *
 * @param {string} folder - the package's
 * @param {readonly string[]} modules - modules of `src` that are started by their file and not exported, without endings
 * @returns {Promise<void>}
 */
export async function bundlePackage(folder, modules = []) {
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const { outputFiles } = await build({
    absWorkingDir: folder,
    write: false,
    entryPoints: [...exportedModules(folder), ...modules].map((module) => `src/${module}.ts`),
    outdir: "dist",
    outbase: "src",
    chunkNames: "shared/[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    packages: "external",
    target: "es2022",
    charset: "utf8",
    sourcemap: true,
    logLevel: "warning",
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    // Users' bundlers would warn of each. Lines stay where source maps have them.
    writeFileSync(path, path.endsWith(".js") ? text.replace(BARE_IMPORT, "") : text);
  }
}

/**
 * The modules behind a manifest's `exports`.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function exportedModules(folder) {
  /** @type {{ exports?: Record<string, string | { default: string }> }} */
  const { exports = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.values(exports).flatMap((target) => {
    const [, module] = BUILT.exec(typeof target === "string" ? target : target.default) ?? [];
    return module === undefined ? [] : [module];
  });
}
