import { thisHost } from "@nin/files";
import { type AdapterKind, adapterKinds } from "./adapter.js";

/**
 * What a process was prepared for is kept in its environment: worker threads have a copy of it,
 * and so do other copies of this package. The process id shows a child that it is not prepared
 * itself, and the former driver files what its user had really set.
 */
const MARK = "NIN_VULKAN_ADAPTER";

/** What this process was prepared for. */
export interface PreparedState {
  readonly kind: AdapterKind;
  readonly manifests: readonly string[];
}

interface Mark extends PreparedState {
  readonly processId: number;
  /** `VK_DRIVER_FILES` before; null when it was not set. */
  readonly formerDriverFiles: string | null;
}

/** What this process, in any of its threads, was prepared for; undefined when it was not. */
export function preparedState(): PreparedState | undefined {
  const mark = readMark();
  return mark?.processId === process.pid ? { kind: mark.kind, manifests: mark.manifests } : undefined;
}

/** Sets the environment for a driver and remembers it. */
export function markPrepared(state: PreparedState): void {
  const former = environmentBeforePreparing().VK_DRIVER_FILES ?? null;
  const mark: Mark = { ...state, processId: process.pid, formerDriverFiles: former };
  if (state.manifests.length > 0) thisHost().setVariable("VK_DRIVER_FILES", state.manifests.join(":"));
  process.env[MARK] = JSON.stringify(mark);
}

/** The environment without what `markPrepared` changed, here or in a parent process. */
export function environmentBeforePreparing(): Readonly<Record<string, string | undefined>> {
  const mark = readMark();
  if (mark === undefined) return process.env;
  const { VK_DRIVER_FILES: present, ...rest } = process.env;
  if (present !== mark.manifests.join(":")) return process.env;
  return mark.formerDriverFiles === null ? rest : { ...rest, VK_DRIVER_FILES: mark.formerDriverFiles };
}

function readMark(): Mark | undefined {
  const text = process.env[MARK];
  if (text === undefined) return undefined;
  try {
    const mark: Partial<Mark> = JSON.parse(text);
    const { processId, kind, manifests, formerDriverFiles = null } = mark;
    if (processId === undefined || kind === undefined || !Array.isArray(manifests)) return undefined;
    return adapterKinds.includes(kind) ? { processId, kind, manifests, formerDriverFiles } : undefined;
  } catch {
    return undefined;
  }
}
