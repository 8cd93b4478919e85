// Runs a command in the terminal it is called in, does not heed Ctrl-C itself, and writes how that ended:
//   node in-terminal.mjs FILE COMMAND ARGUMENT...
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

const [file = "", command = "", ...args] = process.argv.slice(2);
process.on("SIGINT", () => {});
const child = spawn(command, args, { stdio: "inherit" });
// As a shell does whose terminal is closed.
process.on("SIGHUP", () => child.kill("SIGHUP"));
child.on("close", (status, signal) => writeFileSync(file, JSON.stringify({ status, signal })));
