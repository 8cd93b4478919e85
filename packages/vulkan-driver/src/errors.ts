import { NinError } from "@nin/backend";
import type { AdapterKind } from "./adapter.js";

/** The asked-for adapter cannot be had on this machine. */
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

/** A module that runs in a thread or process of its own was left out of a bundle, and is not installed beside it. */
export class BundledModuleError extends NinError {
  constructor(specifier: string, bundle: string) {
    const name = specifier.split("/").slice(0, 2).join("/");
    super(
      "NIN_BUNDLED_MODULE",
      `${specifier} was not found from ${bundle}, a bundle, which cannot hold what runs in a thread or process of ` +
        `its own; install ${name} where the bundle runs, or mark it as external (esbuild: --external:${name})`,
    );
  }
}
