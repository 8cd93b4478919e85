import type { CompileOptions, Model } from "@nin/backend";
import { loadBackend } from "@nin/registry";
import { type Architecture, at, shownText } from "@nin/spec";
import type { Command } from "commander";
import { requireMemory } from "../process/machine-memory.js";
import type { Terminal } from "../terminal/terminal.js";
import { threadCount } from "./numbers.js";

const DEFAULT_BACKEND = "onnxruntime";
const DEFAULT_DEVICE = "cpu";

/** The options that choose a backend. */
export interface BackendFlags {
  readonly backend?: string;
  readonly device?: string;
  readonly threads?: number;
}

/** A backend and a device, defaults filled in. */
export interface BackendChoice {
  readonly backend: string;
  /** Absent where it was not given and the backend is not the default one: the backend then chooses. */
  readonly device?: string;
}

export function addBackendOptions(command: Command): Command {
  return command
    .option("--backend <id>", `backend to run on (default: ${DEFAULT_BACKEND}; see nin backends)`)
    .option("--device <id>", `device of the backend (default: ${DEFAULT_DEVICE} for ${DEFAULT_BACKEND})`)
    .option("--threads <n>", "number of CPU threads (default: all available)", threadCount);
}

/**
 * The backend and device that flags stand for. Where the default device cannot be used and another one of the default
 * backend can, as on a machine that onnxruntime-node has no build for, that one is used, and a note says why.
 *
 * @throws `BackendLoadError`
 */
export async function chooseBackend(
  { backend = DEFAULT_BACKEND, device }: BackendFlags,
  terminal: Pick<Terminal, "note">,
): Promise<BackendChoice> {
  if (device !== undefined) return { backend, device };
  if (backend !== DEFAULT_BACKEND) return { backend };
  const devices = await (await loadBackend(backend)).devices();
  const usable = devices.find(({ available }) => available);
  if (usable === undefined || usable.id === DEFAULT_DEVICE) return { backend, device: DEFAULT_DEVICE };
  const reason = devices.find(({ id }) => id === DEFAULT_DEVICE)?.reason;
  terminal.note(
    `Using ${backend} ${usable.id}, as ${DEFAULT_DEVICE} cannot be used: ${shownText(`${reason}`, 1000)}`,
  );
  return { backend, device: usable.id };
}

/**
 * The device that a choice stands for.
 *
 * @throws `UnknownBackendError`, `BackendLoadError`
 */
export async function resolveDevice({ backend, device }: BackendChoice): Promise<string> {
  if (device !== undefined) return device;
  const devices = await (await loadBackend(backend)).devices();
  return (devices.find(({ available }) => available) ?? at(devices, 0)).id;
}

/**
 * Compiles a model on the chosen backend.
 *
 * @throws `MemoryError`; what the registry and the backend throw
 */
export async function compileOn(
  { backend, device }: BackendChoice,
  architecture: Architecture,
  options: Omit<CompileOptions, "device"> = {},
): Promise<Model> {
  const { maxBatch } = options;
  requireMemory(architecture, maxBatch === undefined ? {} : { batch: maxBatch });
  const loaded = await loadBackend(backend);
  return loaded.compile(architecture, { ...options, ...(device === undefined ? {} : { device }) });
}

/** Compiles a model, uses it and disposes of it. */
export async function withModel<Result>(
  choice: BackendChoice,
  architecture: Architecture,
  options: Omit<CompileOptions, "device">,
  use: (model: Model) => Promise<Result>,
): Promise<Result> {
  const model = await compileOn(choice, architecture, options);
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** `{ threads }` where it was given: an absent option is not an undefined one. */
export function threadsOf({ threads }: BackendFlags): { readonly threads?: number } {
  return threads === undefined ? {} : { threads };
}
