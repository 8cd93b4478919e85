import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { userCacheFolder } from "@nin/data/node";

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

/** Where a variant is, or will be, made: in the user's cache folder. */
export function setupFolder(variant: TensorFlowVariant, cache: string = userCacheFolder()): string {
  return join(cache, `tensorflow-${variant}`);
}

/** tfjs-node inside a setup folder. */
export function setupPackage(folder: string): string {
  return join(folder, "node", "node_modules", "@tensorflow", "tfjs-node");
}

/** The variants that were made, CUDA's first; one whose files are gone is left out. */
export function readInstalled(cache?: string): readonly InstalledTensorFlow[] {
  return tensorFlowVariants.flatMap((variant) => {
    const folder = setupFolder(variant, cache);
    const record = join(folder, RECORD);
    const entry = setupPackage(folder);
    if (!existsSync(record) || !existsSync(join(entry, "package.json"))) return [];
    const versions = JSON.parse(readFileSync(record, "utf8")) as Omit<
      InstalledTensorFlow,
      "variant" | "entry"
    >;
    return [{ ...versions, variant, entry }];
  });
}
