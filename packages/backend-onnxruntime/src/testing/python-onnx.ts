import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("../../scripts/check_onnx.py", import.meta.url));

/** A Python that has `onnx`: the one that `NIN_PYTHON` names, else `python3`; undefined when it has not. */
export function findPythonOnnx(): string | undefined {
  const python = process.env.NIN_PYTHON || "python3";
  return spawnSync(python, ["-c", "import onnx"]).status === 0 ? python : undefined;
}

/** Fails, with every refusal's reason, unless ONNX's checker accepts all files. Their names. */
export async function checkWithPython(python: string, files: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(python, [SCRIPT, ...files], { maxBuffer: 2 ** 24 });
  return stdout.trim().split("\n");
}
