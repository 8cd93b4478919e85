import { readFileSync } from "node:fs";
import type { Backend } from "@nin/backend";

/** Of the command and the packages of this repository. */
export const version: string = readVersion("../../package.json");

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

function readVersion(path: string): string {
  const { version: found } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
    version: string;
  };
  return found;
}
