import { randomUUID } from "node:crypto";
import { BroadcastChannel, getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";

/** ONNX Runtime reads this variable when its environment is created: once in a process, by the first session of any thread. */
const VARIABLE = "ORT_DISABLE_TELEMETRY";
const OFF = "1";

/** Environment data that a thread inherits from the one that starts it. */
const DONE = "@nin/backend-onnxruntime: the process's environment says whether ONNX Runtime reports";

/** How long to wait for a busy main thread. */
const PATIENCE_MS = 30_000;

/**
 * Keeps ONNX Runtime from reporting to its maker, which it does by default on Linux and macOS from
 * 1.29 on, with a device id and an event database under the user's cache and log files in the
 * temporary folder. A user's own `ORT_DISABLE_TELEMETRY` is left as it is.
 *
 * Call it before the first session is created. The library reads the environment of the process. In a worker thread
 * `process.env` is a copy, so the main thread is asked to set the variable; in Bun it is a copy in every thread, so libc
 * is called.
 *
 * @throws Error where neither is possible, as in a worker thread without an inspector
 */
export async function disableTelemetry(): Promise<void> {
  if (getEnvironmentData(DONE) === true) return;
  const value = process.env[VARIABLE] ?? OFF;
  await setForProcess(value).catch(refuse);
  process.env[VARIABLE] ??= OFF;
  setEnvironmentData(DONE, true);
}

/** Sets the variable in the environment of the process, unless it is set already. */
async function setForProcess(value: string): Promise<void> {
  const { Bun, Deno } = globalThis as { Bun?: unknown; Deno?: DenoGlobal };
  if (Bun !== undefined) await setByLibc(value);
  else if (Deno !== undefined) Deno.env.set(VARIABLE, Deno.env.get(VARIABLE) ?? value);
  else if (isMainThread) process.env[VARIABLE] ??= value;
  else await setInMainThread(value);
}

/** In Deno every thread has the environment of the process. */
interface DenoGlobal {
  readonly env: { get(name: string): string | undefined; set(name: string, value: string): void };
}

function refuse(cause: unknown): void {
  // Whoever started the process or this thread has set the variable, as far as this thread can know.
  if (process.env[VARIABLE] !== undefined) return;
  throw new Error(
    `ONNX Runtime reports to its maker unless the process's environment has ${VARIABLE}, and this thread could ` +
      `not have it set there; start the process with ${VARIABLE}=1, or set it in the main thread of Node before ` +
      "this thread is started",
    { cause },
  );
}

/** Lets Node's main thread set the variable, as it has the environment of the process. */
async function setInMainThread(value: string): Promise<void> {
  // Not every runtime has an inspector.
  const { Session } = await import("node:inspector");
  const session = new Session();
  const channel = `${DONE} ${randomUUID()}`;
  const expression = `process.env[${JSON.stringify(VARIABLE)}] ??= ${JSON.stringify(value)}; ${answering(channel)}`;
  let timeout: NodeJS.Timeout | undefined;
  try {
    session.connectToMainThread();
    await new Promise<void>((resolve, reject) => {
      // The timer also keeps the thread alive, which a session does not.
      timeout = setTimeout(
        () => reject(new Error(`the main thread did not answer for ${PATIENCE_MS / 1000} s`)),
        PATIENCE_MS,
      );
      session.post("Runtime.evaluate", { expression }, (error, { exceptionDetails } = {} as never) => {
        if (error !== null) reject(error);
        else if (exceptionDetails !== undefined) reject(new Error(exceptionDetails.text));
        else resolve();
      });
    });
  } finally {
    clearTimeout(timeout);
    session.disconnect();
  }
  stayUntilAnswered(channel);
}

/** A program with which the main thread answers on a channel, once. */
function answering(channel: string): string {
  const answer = 'channel.onmessage = () => { channel.postMessage(""); channel.close(); };';
  return `((channel) => { channel.unref(); ${answer} })(new BroadcastChannel(${JSON.stringify(channel)}))`;
}

/**
 * Keeps this thread from ending before the main thread has taken the session apart, which it does some time after the
 * session was disconnected: Node aborts the process if the thread is gone by then. The main thread answers after that.
 */
function stayUntilAnswered(name: string): void {
  const channel = new BroadcastChannel(name);
  const giveUp = setTimeout(() => channel.close(), PATIENCE_MS);
  channel.onmessage = () => {
    clearTimeout(giveUp);
    channel.close();
  };
  channel.postMessage("");
}

interface BunFfi {
  dlopen(
    library: string,
    symbols: { setenv: { args: readonly string[]; returns: string } },
  ): { symbols: { setenv(name: Buffer, value: Buffer, overwrite: number): number } };
}

/** Sets the variable through Bun's interface to C. */
async function setByLibc(value: string): Promise<void> {
  // On Windows ONNX Runtime does not read the variable.
  if (process.platform === "win32") return;
  const [module, library] = ["bun:ffi", process.platform === "darwin" ? "libSystem.dylib" : "libc.so.6"];
  const { dlopen } = (await import(module)) as BunFfi;
  const { symbols } = dlopen(library, { setenv: { args: ["cstring", "cstring", "i32"], returns: "i32" } });
  const [name, text] = [VARIABLE, value].map((part) => Buffer.from(`${part}\0`)) as [Buffer, Buffer];
  const failed = symbols.setenv(name, text, 0);
  if (failed !== 0) throw new Error(`setenv gave ${failed}`);
}
