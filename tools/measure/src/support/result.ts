import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { makeFolders, realFileSystem, writeFileAtomic } from "@nin/files";
import { runPython } from "./child-process.js";

/**
 * Where and with what a measurement was made.
 *
 * @param python - a Python whose PyTorch is recorded too
 */
export async function environment(python?: string): Promise<Readonly<Record<string, unknown>>> {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    ...versionOf("onnxruntimeNode", "@nin/backend-onnxruntime", "onnxruntime-node"),
    ...versionOf("dawn", "@nin/backend-webgpu", "webgpu"),
    ...(python === undefined
      ? {}
      : JSON.parse((await runPython(python, "versions.py", [])).toString("utf8"))),
  };
}

/** Writes a result as JSON, whole or not at all, and the folders it is in. */
export async function writeResult(path: string, result: object): Promise<void> {
  await makeFolders(realFileSystem, dirname(path));
  await writeFileAtomic(path, `${JSON.stringify(result, undefined, 2)}\n`);
}

/** The version of a runtime; none where its backend is not installed, as in a tree that was packed for another one. */
function versionOf(key: string, backend: string, runtime: string): Readonly<Record<string, string>> {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve(`${backend}/package.json`));
    return { [key]: (require(`${runtime}/package.json`) as { version: string }).version };
  } catch {
    return {};
  }
}
