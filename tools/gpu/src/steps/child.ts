import { existsSync } from "node:fs";

/**
 * The process of one step: `child.mjs NAME OPTIONS`; a backend's own steps are in the folder of its
 * name. It prints its result as a line of JSON; a line before the last is what it has so far, in case
 * it never gets to the last. An error is told in the same way, with status 1. It ends then, whatever a
 * process that it started still holds open.
 */
const [name, text] = process.argv.slice(2);
const options = JSON.parse(text);
const own = new URL(`${options.backend}/${name}.mjs`, import.meta.url);
const { run } = await import(existsSync(own) ? own : new URL(`${name}.mjs`, import.meta.url));
try {
  say(await run(options, say));
} catch (error) {
  console.error(error);
  say({ error: error.message });
  process.exitCode = 1;
}
process.exit();

function say(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
