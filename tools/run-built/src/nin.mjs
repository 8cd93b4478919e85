// node nin.mjs ARGUMENTS: the nin command on what is built, after building what has changed. Where
// nothing has, nothing is printed and turbo is not started.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { root } from "./root.mjs";

if (buildIfNeeded(root, build)) {
  const nin = join(root, "apps/cli/bin/nin.js");
  // In this process, so that signals and statuses are the command's own.
  process.argv[1] = nin;
  await import(pathToFileURL(nin).href);
}
