import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fillFolder } from "./fill-folder.js";
import { setupPackage } from "./installed.js";
import { isDiskFull, type ProgramOptions, reasonOf, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";

const TFJS_VERSION = "4.22.0";
const HEADERS_VERSION = "1.9.0";

/** The headers that the addon is compiled against: Node's own are not needed. */
export function headersFolder(folder: string): string {
  return join(folder, "node", "node_modules", "node-api-headers", "include");
}

/**
 * Installs a copy of tfjs-node for this setup alone, without its install script, which would download a
 * TensorFlow of 2022. Throws: `SetupError`.
 */
export async function installNodePackage(
  folder: string,
  npm: string,
  options: ProgramOptions,
): Promise<void> {
  const isWhole = (): boolean => existsSync(setupPackage(folder)) && existsSync(headersFolder(folder));
  await fillFolder(join(folder, "node"), isWhole, async (partial) => {
    // Without one npm would take the nearest folder above that has one.
    await writeFile(join(partial, "package.json"), `${JSON.stringify({ private: true })}\n`);
    const packages = [`@tensorflow/tfjs-node@${TFJS_VERSION}`, `node-api-headers@${HEADERS_VERSION}`];
    const quiet = [
      ...["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
      ...["--loglevel", "error"],
    ];
    const end = await runProgram(npm, ["install", ...quiet, ...packages], {
      ...options,
      env: withoutOuterPackage(options.env),
      cwd: partial,
    });
    if (end.status === 0) return;
    if (isDiskFull(end)) {
      throw new SetupError(
        `the disk of ${folder} is full`,
        "make room, or set XDG_CACHE_HOME to a folder on another disk, and run the command again",
      );
    }
    throw new SetupError(
      `npm could not install @tensorflow/tfjs-node ${TFJS_VERSION}: ${reasonOf(end)}`,
      "see to it and run the command again",
    );
  });
}

/** Started by npm or pnpm, this process has settings of the package that it was started in. */
function withoutOuterPackage(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^npm_(?:package|lifecycle)|^npm_config_(?:prefix|local_prefix|global_prefix|verify_deps)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}
