import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { runPython } from "./python.mjs";

/** Where and with what a measurement was made; with a Python, its PyTorch too. */
export async function environment(python) {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    ...versionOf("onnxruntimeNode", "backend-onnxruntime", "onnxruntime-node"),
    ...versionOf("dawn", "backend-webgpu", "webgpu"),
    ...(python === undefined ? {} : JSON.parse(await runPython(python, "versions.py", []))),
  };
}

/** A packed tree has one backend only. */
function versionOf(name, folder, module) {
  const require = createRequire(new URL(`../../packages/${folder}/package.json`, import.meta.url));
  try {
    return { [name]: require(`${module}/package.json`).version };
  } catch {
    return {};
  }
}
