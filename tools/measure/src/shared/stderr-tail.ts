const LINES = 12;
const MAX_CHARACTERS = 4000;
/** What Node adds to an error that nobody caught. */
const NODE_VERSION = /\nNode\.js v[\d.]+\s*$/;

/**
 * Passes what a child says on stderr on to ours, and remembers its end, where Python and Node say what
 * went wrong.
 *
 * @returns a function that gives the last lines so far
 */
export function passStderrOn(child) {
  let tail = "";
  child.stderr?.on("data", (chunk) => {
    process.stderr.write(chunk);
    tail = (tail + chunk.toString("utf8")).slice(-MAX_CHARACTERS);
  });
  return () => tail.replace(NODE_VERSION, "").trimEnd().split("\n").slice(-LINES).join("\n");
}
