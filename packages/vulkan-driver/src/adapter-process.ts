import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type AdapterKind, adapterKinds } from "./adapter.js";
import { AdapterUnavailableError } from "./errors.js";
import { prepareSoftwareAdapter } from "./prepare.js";

/** SwiftShader is unpacked where it was not used before. Units: milliseconds. */
const TIMEOUT_MS = 60_000;

/**
 * What a module that calls `answerFromAdapter` answers in a process of its own, prepared for an adapter:
 * a process has one, so that another one has to look at another.
 *
 * The process is killed once it has answered: Node 24 and 26 now and then wait for each other's threads
 * for ever in `process.exit` (nodejs/node#54918).
 *
 * @throws `AdapterUnavailableError` with what the other process failed with.
 */
export async function askAdapterProcess(moduleUrl: string, kind: AdapterKind): Promise<unknown> {
  const args = [fileURLToPath(moduleUrl), kind];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  const failed = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
  });
  // A process that could not be started for want of files has no streams.
  if (!child.stdout || !child.stderr) throw new AdapterUnavailableError(kind, await failed);
  const said = text(child.stderr).catch(() => "");
  try {
    for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
    throw new AdapterUnavailableError(
      kind,
      lastLine(await said) ?? `its process did not answer: ${await Promise.race([failed, endOf(child)])}`,
    );
  } finally {
    child.kill("SIGKILL");
  }
}

/**
 * The other side: prepares this process for the adapter that its first argument names, writes what `work`
 * gives as a line of JSON, or as the last line on stderr what it failed with, and ends the process: what WebGPU
 * has open would keep it alive.
 */
export async function answerFromAdapter(work: () => Promise<unknown>): Promise<void> {
  try {
    const prefer = adapterKinds.find((known) => known === process.argv[2]);
    if (prefer === undefined) throw new Error(`expected one of ${adapterKinds.join(", ")}`);
    await prepareSoftwareAdapter({ prefer });
    process.stdout.write(`${JSON.stringify(await work())}\n`, () => process.exit());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\n${reason.replaceAll("\n", " ")}\n`, () => process.exit(1));
  }
}

/** What a process failed with: drivers may write warnings before. */
function lastLine(said: string): string | undefined {
  return said.trim().split("\n").at(-1) || undefined;
}

async function endOf(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  return child.signalCode === null
    ? `it ended with status ${child.exitCode}`
    : `it ended by ${child.signalCode}`;
}
