import { isMainThread } from "node:worker_threads";
import { thisHost } from "@nin/files";
import { type AdapterKind, adapterKinds, type VulkanDriver } from "./adapter.js";
import { packageObstacle } from "./cache-folder.js";
import { lookFor, usesVulkan } from "./drivers.js";
import { AdapterPreparedError, AdapterSetupError, AdapterUnavailableError } from "./errors.js";
import { type Machine, swiftShaderObstacle, thisMachine } from "./platform.js";
import { markPrepared, type PreparedState, preparedState } from "./prepared.js";
import { swiftShaderFiles, unpackSwiftShader } from "./swiftshader.js";

export interface PrepareOptions {
  /** This adapter or an error; by default the best there is. */
  readonly prefer?: AdapterKind;
}

/**
 * Prepares this process so that WebGPU (Dawn, ONNX Runtime) finds one adapter: names its driver in
 * `VK_DRIVER_FILES`, and loads a Vulkan loader when the system has none. Call it in the main
 * thread, before WebGPU is first used in any thread. A process has one adapter: a second call
 * gives the first's, and asking for another fails.
 *
 * @throws `AdapterUnavailableError`, `AdapterPreparedError`, `AdapterSetupError`.
 */
export async function prepareSoftwareAdapter(options: PrepareOptions = {}): Promise<PreparedState> {
  const prepared = alreadyPrepared(options.prefer);
  if (prepared !== undefined) return prepared;
  if (!isMainThread) {
    throw new AdapterPreparedError(
      options.prefer ?? "any",
      "a worker thread cannot prepare the process; call prepareSoftwareAdapter in the main thread, before the worker starts",
    );
  }
  const machine = thisMachine();
  if (!usesVulkan(machine)) return prepareNative(options.prefer, machine);
  const driver = chooseDriver(options.prefer, machine);
  const loader = await ownLoader(driver, machine);
  // Another call may have been faster while this one unpacked.
  return alreadyPrepared(options.prefer) ?? activate(driver, loader);
}

function alreadyPrepared(prefer: AdapterKind | undefined): PreparedState | undefined {
  const prepared = preparedState();
  if (prepared === undefined || prefer === undefined || prefer === prepared.kind) return prepared;
  throw new AdapterPreparedError(
    prefer,
    `this process is already prepared for ${prepared.kind}, and a process has one adapter; use another process`,
  );
}

function prepareNative(prefer: AdapterKind | undefined, machine: Machine): PreparedState {
  if (prefer !== undefined && prefer !== "gpu") {
    throw new AdapterUnavailableError(prefer, `${machine.platform} has its own graphics; choose gpu`);
  }
  const state: PreparedState = { kind: "gpu", manifests: [] };
  markPrepared(state);
  return state;
}

function chooseDriver(prefer: AdapterKind | undefined, machine: Machine): VulkanDriver {
  const reasons: string[] = [];
  for (const kind of prefer === undefined ? adapterKinds : [prefer]) {
    const found = lookFor(kind, machine);
    if (typeof found !== "string") return found;
    reasons.push(prefer === undefined ? `${kind}: ${found}` : found);
  }
  throw new AdapterUnavailableError(prefer ?? "any", reasons.join("; "));
}

/** npm's Vulkan loader, unpacked with SwiftShader; undefined when the system has one. */
async function ownLoader(driver: VulkanDriver, machine: Machine): Promise<string | undefined> {
  const unpacked = driver.origin === "npm";
  if (unpacked) await unpackSwiftShader(swiftShaderFiles(machine));
  if (loadSystemLoader()) return undefined;
  if ((swiftShaderObstacle(machine) ?? packageObstacle()) !== undefined) {
    throw new AdapterUnavailableError(
      driver.kind,
      "there is a driver but no Vulkan loader (libvulkan.so.1); install it (Debian, Ubuntu: libvulkan1)",
    );
  }
  const files = swiftShaderFiles(machine);
  if (!unpacked) await unpackSwiftShader(files);
  return files.loader;
}

/** Synchronous, so that of two concurrent calls the second sees what the first did. */
function activate(driver: VulkanDriver, loader: string | undefined): PreparedState {
  if (loader !== undefined) loadLoader(loader);
  const state: PreparedState = { kind: driver.kind, manifests: driver.manifests };
  markPrepared(state);
  return state;
}

/** Whether the dynamic linker finds a Vulkan loader by its name; if so it is in the process afterwards. */
function loadSystemLoader(): boolean {
  return tryLoad("libvulkan.so.1") === undefined;
}

/**
 * Loads a Vulkan loader from a path. Dawn's later `dlopen("libvulkan.so.1")` then finds it by its
 * SONAME, which `LD_LIBRARY_PATH` could do only before the process starts.
 *
 * @throws `AdapterSetupError`.
 */
function loadLoader(path: string): void {
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
