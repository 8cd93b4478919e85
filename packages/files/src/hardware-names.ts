import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { readTextBoundedSync } from "./read-sync.js";

/** A file of the kernel about a GPU has a few lines. */
const MAX_DESCRIPTION_BYTES = 1 << 16;

/** The processor's model, as the operating system calls it; `unknown` where that does not say. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || "unknown";
}

/**
 * The name of the first GPU, as far as the kernel's files tell: NVIDIA's driver has its model, of the others there are the
 * numbers of maker and model on the PCI bus. `GPU` where neither is there, as on macOS and Windows.
 *
 * @param root - the file system's root; `/` but in tests
 */
export function gpuName(root = "/"): string {
  const gpus = `${root}proc/driver/nvidia/gpus`;
  for (const device of namesIn(gpus)) {
    const model = /^Model:\s*(.+)$/m.exec(textOf(`${gpus}/${device}/information`))?.[1]?.trim();
    if (model !== undefined) return model;
  }
  for (const node of namesIn(`${root}sys/class/drm`).filter((name) => name.startsWith("renderD"))) {
    const folder = `${root}sys/class/drm/${node}/device`;
    const [vendor, model] = [textOf(`${folder}/vendor`).trim(), textOf(`${folder}/device`).trim()];
    if (vendor !== "" && model !== "") return `GPU ${vendor}:${model}`;
  }
  return "GPU";
}

/** Empty where there is no such file. */
function textOf(path: string): string {
  try {
    return readTextBoundedSync(path, MAX_DESCRIPTION_BYTES);
  } catch {
    return "";
  }
}

/** In order; none where there is no such folder. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
