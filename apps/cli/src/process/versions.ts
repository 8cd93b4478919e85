import type { Backend } from "@nin/backend";
import { requireFrom } from "@nin/files";

/** Of the command and the packages of this repository. */
export const version: string = readVersion();

/** What is recorded of the software that something on a device of a backend was made with. */
export async function softwareVersions(
  backend: Pick<Backend, "versions">,
  device: string,
): Promise<Readonly<Record<string, string>>> {
  return {
    nin: version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    ...(await backend.versions(device)),
  };
}

function readVersion(): string {
  const manifest = requireFrom(import.meta.url)("@nin/cli/package.json") as { readonly version: string };
  return manifest.version;
}
