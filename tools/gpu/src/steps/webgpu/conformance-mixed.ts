import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runConformance } from "../conformance.mjs";

const NIN = fileURLToPath(new URL("../../../../apps/cli/bin/nin.js", import.meta.url));

/** The suite in mixed precision, with that precision's own tolerances. */
export async function run(options) {
  const { stdout } = await promisify(execFile)(process.execPath, [NIN, "conformance", "--help"]);
  if (!stdout.includes("--precision")) return { skipped: "this nin conformance has no --precision" };
  return runConformance(options, ["--precision", "mixed"]);
}
