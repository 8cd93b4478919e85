import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { makeFolders, realFileSystem, writeFileAtomic } from "@nin/files";
import { loadBackend } from "@nin/registry";
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
    ...(await versionOf("onnxruntimeNode", "onnxruntime", "onnxruntime-node")),
    ...(await versionOf("dawn", "webgpu", "webgpu")),
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
async function versionOf(
  key: string,
  backend: string,
  runtime: string,
): Promise<Readonly<Record<string, string>>> {
  const loaded = await loadBackend(backend).catch(() => undefined);
  const version = (await loaded?.versions())?.[runtime];
  return version === undefined ? {} : { [key]: version };
}
