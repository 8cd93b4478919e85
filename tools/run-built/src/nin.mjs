// node nin.mjs ARGUMENTS: the nin command on what is built, after building what has changed. Where
// nothing has, nothing is printed and turbo is not started.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { root } from "./root.mjs";
import { runTurbo } from "./run-turbo.mjs";

if (buildIfNeeded(root, build)) {
  const nin = join(root, "apps/cli/bin/nin.js");
  // In this process, so that signals and statuses are the command's own.
  process.argv[1] = nin;
  await import(pathToFileURL(nin).href);
}

function build() {
  const started = Date.now();
  process.stderr.write("Building what has changed; the first time, everything ...\n");
  const { status, text } = runTurbo(
    root,
    ["run", "build", "--output-logs=errors-only", "--ui=stream"],
    "pipe",
  );
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (status === 0) process.stderr.write(`Built in ${seconds} s.\n`);
  else process.stderr.write(`${text}The build failed.\n`);
  process.exitCode = status;
  return status === 0;
}
