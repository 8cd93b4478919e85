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

/** The README's remedy: `onnxruntime-node` is not to download CUDA's provider when it is installed. */
export const WITHOUT_CUDA: NodeJS.ProcessEnv = { ONNXRUNTIME_NODE_INSTALL: "skip" };

/**
 * As on a machine that reaches npm's registry and nothing else: what `onnxruntime-node` downloads, it
 * asks of a proxy that is not there.
 */
export const BEHIND_A_WALL: NodeJS.ProcessEnv = {
  GLOBAL_AGENT_HTTP_PROXY: "http://127.0.0.1:9",
  GLOBAL_AGENT_HTTPS_PROXY: "http://127.0.0.1:9",
};

/** Makes a project that depends on the tarballs, and installs it as a user would, with scripts. */
export async function installTarballs(
  folder: string,
  packages: readonly PackedPackage[],
  environment: NodeJS.ProcessEnv,
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
  return npmInstall(folder, environment);
}

/** Installs packages of npm, and what the project has already, with scripts. */
export function npmInstall(
  folder: string,
  environment: NodeJS.ProcessEnv,
  ...packages: readonly string[]
): Promise<CommandResult> {
  const quietly = ["--no-audit", "--no-fund", "--prefer-offline"];
  // Without a network npm is to find out soon.
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000"];
  const env = { ...withoutRemedies(), ...environment };
  return runCommand("npm", ["install", ...packages, ...quietly, ...patience], folder, env);
}

/** This process's environment, without what npm or the package may have been configured with already. */
function withoutRemedies(): NodeJS.ProcessEnv {
  const configured =
    /^(?:onnxruntime_node_install|npm_config_(?:onnxruntime_node_install|ignore_scripts)|global_agent_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !configured.test(name)));
}
