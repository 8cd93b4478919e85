/**
 * The process of one step: `child.mjs NAME OPTIONS`. It prints its result as a line of JSON; a
 * line before the last is what it has so far, in case it never gets to the last. An error is told
 * in the same way, with status 1.
 */
const [name, options] = process.argv.slice(2);
const { run } = await import(`./${name}.mjs`);
try {
  say(await run(JSON.parse(options), say));
} catch (error) {
  console.error(error);
  say({ error: error.message });
  process.exitCode = 1;
}

function say(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
