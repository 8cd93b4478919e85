import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "@nin/files";
import {
  type InstalledTensorFlow,
  RECORD,
  readInstalled,
  setupFolder,
  setupPackage,
  type TensorFlowVariant,
  tensorFlowVariants,
} from "../devices/installed.js";
import { addonFile, buildAddon, buildMute } from "./addon.js";
import { removePartials } from "./fill-folder.js";
import { installNodePackage } from "./node-package.js";
import { TENSORFLOW_VERSION } from "./pinned-wheels.js";
import { checkRequirements, defaultVariant } from "./requirements.js";
import type { ProgramOptions } from "./run-program.js";
import { SetupError } from "./setup-error.js";
import { tryOut } from "./trial.js";
import { installWheel } from "./wheel.js";

/** What is being done, for a person. */
export interface SetupProgress {
  readonly step: number;
  readonly steps: number;
  readonly doing: string;
}

export interface SetupOptions {
  /** By default CUDA where there is an NVIDIA GPU, else the processor's. */
  readonly variant?: TensorFlowVariant;
  /** The user's cache folder for NiN. */
  readonly cache?: string;
  /** Of the programs that are run: `PATH`, `CXX`, mirrors of pip and npm. */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SetupProgress) => void;
}

/** What a setup did. */
export interface SetupResult extends InstalledTensorFlow {
  readonly folder: string;
  /** Whether it was there before. */
  readonly wasThere: boolean;
}

const STEPS = 5;

/**
 * Makes native TensorFlow usable: TensorFlow's library and headers out of its Python wheel, a copy of tfjs-node
 * from npm, and its addon compiled for both; then trains a step with it. All of it lies in the user's cache
 * folder. What an interrupted run finished is not done again.
 *
 * @throws `SetupError`, in one line: what is missing or went wrong, and what to do.
 */
export async function setUpTensorFlow(options: SetupOptions = {}): Promise<SetupResult> {
  const { variant = defaultVariant(), cache, signal } = options;
  const folder = setupFolder(variant, cache);
  const present = readInstalled(cache).find((installed) => installed.variant === variant);
  if (present !== undefined) return { ...present, folder, wasThere: true };
  const programOptions: ProgramOptions = {
    env: options.env ?? process.env,
    ...(signal === undefined ? {} : { signal }),
  };
  const report = (step: number, doing: string): void => options.onProgress?.({ step, steps: STEPS, doing });

  report(1, "looking for python3 with pip, a C++ compiler and space");
  const { python, npm, compiler } = await checkRequirements(folder, variant, programOptions);
  await removePartials(folder);
  report(2, `TensorFlow ${TENSORFLOW_VERSION} for ${variant} by pip (some minutes)`);
  await installWheel(folder, variant, python, programOptions);
  report(3, "tfjs-node and Node-API's headers by npm");
  await installNodePackage(folder, npm, programOptions);
  report(4, `compiling the addon with ${compiler}`);
  const entry = setupPackage(folder);
  await buildAddon(folder, compiler, programOptions);
  await buildMute(folder, entry, compiler, programOptions);
  report(5, "training a step");
  const trial = await tryOut(entry, variant, programOptions).catch(async (error: unknown) => {
    if (error instanceof SetupError) await removeMade(folder);
    throw error;
  });
  await writeFileAtomic(join(folder, RECORD), `${JSON.stringify(trial, undefined, 2)}\n`);
  return { ...trial, variant, entry, folder, wasThere: false };
}

/** Takes away all that setups made. Returns the folders that were there. */
export async function removeTensorFlow(cache?: string): Promise<readonly string[]> {
  const folders = tensorFlowVariants
    .map((variant) => setupFolder(variant, cache))
    .filter((folder) => existsSync(folder));
  for (const folder of folders) {
    // First: a folder that is half gone is not to look whole.
    await rm(join(folder, RECORD), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
  return folders;
}

/** What may be why it does not work: the next run makes both anew. */
async function removeMade(folder: string): Promise<void> {
  await rm(addonFile(folder), { force: true });
  await rm(join(folder, "python"), { recursive: true, force: true });
}
