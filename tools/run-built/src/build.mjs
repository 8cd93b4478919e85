import { root } from "./root.mjs";
import { runTurbo } from "./run-turbo.mjs";

/**
 * Builds what has changed and says so on stderr.
 *
 * @returns {boolean} whether it succeeded; the process's exit status is then the build's
 */
export function build() {
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
