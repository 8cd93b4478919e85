import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Of the command and the packages of this repository. */
export const version: string = readVersion("../package.json");

/** What a run records of the software it was made with. */
export function softwareVersions(): Readonly<Record<string, string>> {
  return {
    nin: version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    ...optionalVersion("onnxruntime-node"),
  };
}

function readVersion(path: string): string {
  const { version: found } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
    version: string;
  };
  return found;
}

/** Of a runtime, which is a dependency of its backend and not of this package. */
function optionalVersion(name: string): Readonly<Record<string, string>> {
  try {
    const backend = require.resolve("@nin/backend-onnxruntime/package.json");
    const { version: found } = createRequire(backend)(`${name}/package.json`) as { version: string };
    return { [name]: found };
  } catch {
    return {};
  }
}
