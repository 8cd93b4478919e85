import { constants } from "node:os";
import { AdapterSetupError } from "./errors.js";

/** glibc's RTLD_NODELETE: the library stays although `process.dlopen` closes what is not a Node addon. */
const RTLD_NODELETE = 0x1000;

/** Whether the dynamic linker finds a Vulkan loader by its name; if so it is in the process afterwards. */
export function loadSystemLoader(): boolean {
  return tryLoad("libvulkan.so.1") === undefined;
}

/**
 * Loads a Vulkan loader from a path. Dawn's later `dlopen("libvulkan.so.1")` then finds it by its
 * SONAME, which `LD_LIBRARY_PATH` could do only before the process starts.
 *
 * Throws: `AdapterSetupError`.
 */
export function loadLoader(path: string): void {
  const failure = tryLoad(path);
  if (failure !== undefined) {
    throw new AdapterSetupError("loading", path, failure, "remove that folder, and it is unpacked anew");
  }
}

function tryLoad(file: string): Error | undefined {
  try {
    process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Node loads the library, then finds that it is not an addon: all that is wanted.
    return error.message.includes("did not self-register") ? undefined : error;
  }
}
