import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PackedPackage } from "./pack.js";
import { type CommandResult, runCommand } from "./run-command.js";

const UNREACHABLE =
  /npm error code (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)/;

/** Whether npm ended because it could not reach its registry. */
export function isUnreachable({ status, stderr }: CommandResult): boolean {
  return status !== 0 && UNREACHABLE.test(stderr);
}

/** Makes a project that depends on the tarballs, and installs it as a user would, without scripts. */
export async function installTarballs(
  folder: string,
  packages: readonly PackedPackage[],
): Promise<CommandResult> {
  const names = packages.map(({ manifest }) => manifest.name);
  const project = {
    name: "empty",
    private: true,
    type: "module",
    dependencies: Object.fromEntries(
      packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
    ),
    // What the tarballs depend on among each other is not looked for in the registry.
    overrides: Object.fromEntries(names.map((name) => [name, `$${name}`])),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify(project));
  return npmInstall(folder);
}

/** Installs packages of npm, and what the project has already, without scripts. */
export function npmInstall(folder: string, ...packages: readonly string[]): Promise<CommandResult> {
  const quietly = ["--no-audit", "--no-fund", "--prefer-offline"];
  // Without a network npm is to find out soon.
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000"];
  return runCommand("npm", ["install", ...packages, "--ignore-scripts", ...quietly, ...patience], folder);
}
