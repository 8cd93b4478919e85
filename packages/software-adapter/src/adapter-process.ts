import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type AdapterKind, adapterKinds } from "./adapter.js";
import { AdapterUnavailableError } from "./errors.js";
import { prepareSoftwareAdapter } from "./prepare.js";

/** SwiftShader is unpacked where it was not used before. Units: milliseconds. */
const TIMEOUT_MS = 60_000;

/**
 * What a module that calls `answerFromAdapter` answers in a process of its own, prepared for an adapter:
 * a process has one, so that another one has to look at another.
 *
 * Throws: `AdapterUnavailableError` with what the other process failed with.
 */
export async function askAdapterProcess(moduleUrl: string, kind: AdapterKind): Promise<unknown> {
  try {
    const args = [fileURLToPath(moduleUrl), kind];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TIMEOUT_MS });
    return JSON.parse(stdout);
  } catch (error) {
    throw new AdapterUnavailableError(kind, failureOf(error));
  }
}

/**
 * The other side: prepares this process for the adapter that its first argument names, writes what `work`
 * gives as JSON, or as the last line on stderr what it failed with, and ends the process: what WebGPU
 * has open would keep it alive.
 */
export async function answerFromAdapter(work: () => Promise<unknown>): Promise<void> {
  try {
    const prefer = adapterKinds.find((known) => known === process.argv[2]);
    if (prefer === undefined) throw new Error(`expected one of ${adapterKinds.join(", ")}`);
    await prepareSoftwareAdapter({ prefer });
    process.stdout.write(JSON.stringify(await work()), () => process.exit());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\n${reason.replaceAll("\n", " ")}\n`, () => process.exit(1));
  }
}

/** Drivers may write warnings before. */
function failureOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  const last = said.split("\n").at(-1) ?? "";
  return last === "" ? `its process did not answer: ${String(error)}` : last;
}
