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
    ...(await versionOf("onnxruntimeNode", "backend-onnxruntime", "onnxruntime-node")),
    ...(await versionOf("dawn", "backend-webgpu", "webgpu")),
    ...(python === undefined ? {} : JSON.parse(await runPython(python, "versions.py", []))),
  };
}

/** What a backend says of its runtime. A packed tree has one backend only. */
async function versionOf(name, folder, module) {
  const door = await import(`../../packages/${folder}/dist/node.js`).catch(() => undefined);
  const { [module]: version } = (await door?.nodeDevices().versions()) ?? {};
  return version === undefined ? {} : { [name]: version };
}
