// node turbo.mjs ARGUMENTS: the repository's turbo, which keeps to itself what it is run with.
import { root } from "./root.mjs";
import { runTurbo } from "./run-turbo.mjs";

process.exitCode = runTurbo(root, process.argv.slice(2), "inherit").status;
