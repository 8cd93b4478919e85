import { thisHost } from "@nin/files";
import { AdapterSetupError } from "./errors.js";

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
    throw new AdapterSetupError(
      "loading",
      path,
      failure,
      "install a Vulkan loader (Debian, Ubuntu: libvulkan1)",
    );
  }
}

function tryLoad(file: string): Error | undefined {
  try {
    thisHost().load(file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
