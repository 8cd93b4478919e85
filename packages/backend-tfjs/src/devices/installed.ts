import { existsSync } from "node:fs";
import { join } from "node:path";
import { readTextBoundedSync, userCacheFolder } from "@nin/files";
import { FieldReader, parseJson } from "@nin/spec";

/** Which TensorFlow: on the processor, or with NVIDIA's libraries. */
export type TensorFlowVariant = "cpu" | "cuda";

export const tensorFlowVariants: readonly TensorFlowVariant[] = ["cuda", "cpu"];

/** What `nin setup tensorflow` made and tried. */
export interface InstalledTensorFlow {
  readonly variant: TensorFlowVariant;
  /** tfjs-node's folder, which `require` loads. */
  readonly entry: string;
  readonly tensorFlowVersion: string;
  readonly tfjsVersion: string;
}

/** The file that is written last, when everything is in place and has trained a step. */
export const RECORD = "installed.json";
const MAX_RECORD_BYTES = 65_536;

/** Where a variant is, or will be, made: in the user's cache folder. */
export function setupFolder(variant: TensorFlowVariant, cache: string = userCacheFolder()): string {
  return join(cache, `tensorflow-${variant}`);
}

/** tfjs-node inside a setup folder. */
export function setupPackage(folder: string): string {
  return join(folder, "node", "node_modules", "@tensorflow", "tfjs-node");
}

/** The variants that were made, CUDA's first; one whose files are gone, or whose record is damaged, is not listed. */
export function readInstalled(cache?: string): readonly InstalledTensorFlow[] {
  return tensorFlowVariants.flatMap((variant) => {
    const folder = setupFolder(variant, cache);
    const entry = setupPackage(folder);
    const versions = existsSync(join(entry, "package.json")) ? readRecord(join(folder, RECORD)) : undefined;
    return versions === undefined ? [] : [{ ...versions, variant, entry }];
  });
}

/** Undefined for one that is not there, cannot be read or does not say what it should: not set up, then. */
function readRecord(
  path: string,
): Pick<InstalledTensorFlow, "tensorFlowVersion" | "tfjsVersion"> | undefined {
  try {
    const record = new FieldReader(parseJson(readTextBoundedSync(path, MAX_RECORD_BYTES), path), "");
    return {
      tensorFlowVersion: record.string("tensorFlowVersion"),
      tfjsVersion: record.string("tfjsVersion"),
    };
  } catch {
    return undefined;
  }
}
