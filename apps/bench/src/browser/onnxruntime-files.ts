import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageFile, requireFrom } from "@nin/files";
import { ONNXRUNTIME_PATH } from "./in-page.js";
import type { Served } from "./page-server.js";

const PACKAGE = "onnxruntime-web";
/** Versions of what the page's scripts contain, which the bundler writes. */
const VERSIONS = packageFile(import.meta.url, "@nin/bench", "dist/in-page/versions.json");

/**
 * Why the page cannot have the WebAssembly of ONNX Runtime, which is not part of its scripts; undefined where it can.
 * It must be of the same version as the scripts.
 */
export function onnxRuntimeObstacle(): string | undefined {
  const bundled = versionIn(VERSIONS, PACKAGE);
  const install = `install it with \`npm install ${PACKAGE}@${bundled}\``;
  const folder = packageFolder();
  if (folder === undefined) return `${PACKAGE} is not installed; ${install}`;
  const installed = versionIn(join(folder, "package.json"), "version");
  return installed === bundled ? undefined : `expected ${PACKAGE} ${bundled}, found ${installed}; ${install}`;
}

/** What is at a path below `ONNXRUNTIME_PATH`. */
export function onnxRuntimeFile(path: string): Served | undefined {
  const name = path.startsWith(ONNXRUNTIME_PATH) ? path.slice(ONNXRUNTIME_PATH.length) : "";
  const folder = packageFolder();
  const isFile = /^ort-wasm[\w.-]*\.(?:mjs|wasm)$/.test(name);
  return folder === undefined || !isFile ? undefined : { file: join(folder, "dist", name) };
}

function packageFolder(): string | undefined {
  try {
    return dirname(dirname(requireFrom(import.meta.url).resolve(PACKAGE)));
  } catch {
    return undefined;
  }
}

function versionIn(file: string, name: string): string {
  return `${(JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>)[name]}`;
}
