// Runs a command in the terminal it is called in, ignores Ctrl-C itself, and writes the command's outcome to a file:
//   node in-terminal.js FILE COMMAND ARGUMENT...
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

const [file, command, ...args] = process.argv.slice(2);
if (file === undefined || command === undefined) throw new Error("expected FILE COMMAND ARGUMENT...");
process.on("SIGINT", () => {});
const child = spawn(command, args, { stdio: "inherit" });
// As a shell does whose terminal is closed.
process.on("SIGHUP", () => child.kill("SIGHUP"));
child.on("close", (status, signal) => writeFileSync(file, JSON.stringify({ status, signal })));
