import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { firstTestImages } from "../nin-base/fixture.mjs";
import { withTemporaryFolder } from "./temporary-folder.mjs";

const TRAJECTORY = fileURLToPath(new URL("../../measure/trajectory.mjs", import.meta.url));
const BATCH_SIZE = 32;
const SEGMENT = 5;
/** Fewer leave no time for the loss to fall. */
const LEAST_STEPS = 20;

/** `nin-mnist` with `robust` on real images beside PyTorch in float64, by the rule of scripts/measure/trajectory. */
export async function run({ backend, device, threads, data, python, trajectorySteps }) {
  if (firstTestImages(data, 1) === undefined) return { skipped: `no Fashion-MNIST in ${data}` };
  return withTemporaryFolder(async (folder) => {
    const out = join(folder, "trajectory.json");
    const status = await runScript([
      ...["--model", "nin-mnist", "--recipe", "robust", "--batch-size", `${BATCH_SIZE}`],
      ...["--steps", `${trajectorySteps}`, "--segment", `${SEGMENT}`],
      ...["--backend", backend, "--device", device, "--threads", `${threads}`],
      ...["--python", python, "--python-threads", `${threads}`, "--data", data, "--out", out],
      ...(trajectorySteps < LEAST_STEPS ? ["--plateau"] : []),
    ]);
    const { environment: _, ...result } = JSON.parse(await readFile(out, "utf8"));
    return { ...result, passed: status === 0 && result.passed };
  });
}

function runScript(args) {
  const child = spawn(process.execPath, [TRAJECTORY, ...args], { stdio: ["ignore", 2, 2] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
}
