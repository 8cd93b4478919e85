import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFile } from "@nin/files";
import { setupPackage } from "../devices/installed.js";
import { fillFolder } from "./fill-folder.js";
import { isDiskFull, type ProgramEnd, type ProgramOptions, reasonOf, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";

/** An npm lock file: tfjs-node, Node-API's headers and all that they need, each with its version and SHA-512. */
const lockFile = (): string => packageFile(import.meta.url, "@nin/backend-tfjs", "pinned/npm-lock.json");

interface NpmLock {
  /** By folder; the first, without a name, is the project itself. */
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

/** The headers that the addon is compiled against: Node's own are not needed. */
export function headersFolder(folder: string): string {
  return join(folder, "node", "node_modules", "node-api-headers", "include");
}

/**
 * Installs a copy of tfjs-node for this setup alone, from files whose hashes are known, without its install script, which would download a
 * TensorFlow of 2022.
 *
 * @throws `SetupError`.
 */
export async function installNodePackage(
  folder: string,
  npm: string,
  options: ProgramOptions,
): Promise<void> {
  const isWhole = (): boolean => existsSync(setupPackage(folder)) && existsSync(headersFolder(folder));
  await fillFolder(join(folder, "node"), isWhole, async (partial) => {
    const text = await readFile(lockFile(), "utf8");
    const lock = JSON.parse(text) as NpmLock;
    await writeFile(
      join(partial, "package.json"),
      `${JSON.stringify({ private: true, ...lock.packages[""] })}\n`,
    );
    await writeFile(join(partial, "package-lock.json"), text);
    const quiet = [
      ...["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
      ...["--loglevel", "error"],
    ];
    // `ci` takes what the lock names, and refuses a file of another hash.
    const end = await runProgram(npm, ["ci", "--package-lock", ...quiet], {
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
    const mismatch = mismatchOf(end, lock);
    if (mismatch !== undefined) {
      throw new SetupError(
        `npm downloaded a file that is not the published one: ${mismatch}`,
        "nothing was installed; see which registry npm takes (npm config get registry) and run the command again",
      );
    }
    throw new SetupError(
      `npm could not install @tensorflow/tfjs-node: ${reasonOf(end)}`,
      "see to it and run the command again",
    );
  });
}

/** What npm says of a file whose hash is not the lock's. */
function mismatchOf({ stdout, stderr }: ProgramEnd, { packages }: NpmLock): string | undefined {
  const text = `${stdout}\n${stderr}`;
  if (!text.includes("EINTEGRITY")) return undefined;
  const [, expected = "another", got = "another"] = /wanted (\S+) but got ([\w+/=-]+)/.exec(text) ?? [];
  const [path] = Object.entries(packages).find(([, { integrity }]) => integrity === expected) ?? [
    "a package",
  ];
  return `${path.replace(/^.*node_modules\//, "")}: expected ${expected}, got ${got}`;
}

/** Started by npm or pnpm, this process has settings of the package that it was started in. */
function withoutOuterPackage(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^npm_(?:package|lifecycle)|^npm_config_(?:prefix|local_prefix|global_prefix|verify_deps)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}
