import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Of the command and the packages of this repository. */
export const version: string = readVersion("../../package.json");

/** The package that computes for a backend. */
const RUNTIMES: Readonly<Record<string, string>> = {
  onnxruntime: "onnxruntime-node",
  webgpu: "webgpu",
  tfjs: "@tensorflow/tfjs-core",
};

/** What is recorded of the software that something on a backend was made with. */
export function softwareVersions(backend = "onnxruntime"): Readonly<Record<string, string>> {
  return {
    nin: version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    ...runtimeVersion(backend),
  };
}

function readVersion(path: string): string {
  const { version: found } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
    version: string;
  };
  return found;
}

/** Of a runtime, which is a dependency of its backend, as that is of the registry, and not of this package. */
function runtimeVersion(backend: string): Readonly<Record<string, string>> {
  const name = RUNTIMES[backend];
  if (name === undefined) return {};
  try {
    const packages = [`@nin/backend-${backend}`, "@nin/registry"].map((each) => `${each}/package.json`);
    const from = packages.reduceRight(
      (path, each) => createRequire(path).resolve(each),
      import.meta.filename,
    );
    const { version: found } = createRequire(from)(`${name}/package.json`) as { version: string };
    return { [name]: found };
  } catch {
    return {};
  }
}
