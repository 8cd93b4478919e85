/**
 * The process of one step: `child.mjs NAME OPTIONS`. It prints its result as a line of JSON; a
 * line before the last is what it has so far, in case it never gets to the last.
 */
const [name, options] = process.argv.slice(2);
const { run } = await import(`./${name}.mjs`);
say(await run(JSON.parse(options), say));

function say(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
