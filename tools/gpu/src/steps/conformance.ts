import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runNin } from "./nin-command.mjs";
import { withTemporaryFolder } from "./temporary-folder.mjs";

/** `nin conformance`, the suite that every backend passes, in f32. */
export function run(options) {
  return runConformance(options, []);
}

/** The suite with these arguments too: how many cases passed, how long it took, and what did not pass. */
export async function runConformance({ backend, device, threads, conformance }, more) {
  return withTemporaryFolder(async (folder) => {
    const out = join(folder, "conformance.json");
    const size = conformance === "quick" ? ["--quick"] : [];
    const where = ["--backend", backend, "--device", device, "--threads", `${threads}`];
    const status = await runNin(["conformance", ...where, ...size, ...more, "--out", out]);
    const saved = JSON.parse(await readFile(out, "utf8"));
    const { passed, failed, skipped, expectedFailures, durationMs, cases } = saved;
    return {
      passed: status === 0 && passed > 0,
      size: conformance,
      cases: { passed, failed, skipped, expectedFailures },
      durationMs,
      notPassed: cases.filter((one) => one.status !== "passed"),
    };
  });
}
