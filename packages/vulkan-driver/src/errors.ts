import { NinError } from "@nin/backend";
import type { AdapterKind } from "./adapter.js";

/** The requested adapter is not available on this machine. */
export class AdapterUnavailableError extends NinError {
  constructor(kind: AdapterKind | "any", reason: string) {
    super("NIN_ADAPTER_UNAVAILABLE", `WebGPU adapter ${kind} is not available: ${reason}`);
  }
}

/** The process was already prepared for another adapter, or cannot be prepared from where this was called. */
export class AdapterPreparedError extends NinError {
  constructor(asked: AdapterKind | "any", state: string) {
    super("NIN_ADAPTER_PREPARED", `WebGPU adapter ${asked}: ${state}`);
  }
}

/** SwiftShader could not be unpacked into the cache, or its loader could not be loaded. */
export class AdapterSetupError extends NinError {
  constructor(doing: string, where: string, cause: unknown, advice: string) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super("NIN_ADAPTER_SETUP", `${doing} ${where} failed: ${reason}; ${advice}`, { cause });
  }
}
