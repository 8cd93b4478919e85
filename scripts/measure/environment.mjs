import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { runPython } from "./python.mjs";

const requireFromBackend = createRequire(
  new URL("../../packages/backend-onnxruntime/package.json", import.meta.url),
);

/** Where and with what a measurement was made; with a Python, its PyTorch too. */
export async function environment(python) {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    onnxruntimeNode: requireFromBackend("onnxruntime-node/package.json").version,
    ...(python === undefined ? {} : JSON.parse(await runPython(python, "versions.py", []))),
  };
}
