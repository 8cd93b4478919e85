import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { snapshot } from "./snapshot.mjs";

const STAMP = "node_modules/.cache/nin/built.json";

/**
 * Builds unless the last build that succeeded was of just these sources and its outputs are as it
 * left them. A build that fails or is interrupted does not count, nor does what was edited meanwhile.
 *
 * @param {string} root of the repository
 * @param {() => boolean} build builds everything; whether it succeeded
 * @returns {boolean} whether everything is built
 */
export function buildIfNeeded(root, build) {
  const stamp = join(root, STAMP);
  const before = snapshot(root);
  if (readStamp(stamp) === textOf(before)) return true;
  if (!build()) return false;
  writeStamp(stamp, textOf({ inputs: before.inputs, outputs: snapshot(root).outputs }));
  return true;
}

/** @param {{ inputs: string, outputs: string }} built */
function textOf({ inputs, outputs }) {
  return `${JSON.stringify({ inputs, outputs })}\n`;
}

/** @param {string} stamp */
function readStamp(stamp) {
  try {
    return readFileSync(stamp, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * @param {string} stamp
 * @param {string} text
 */
function writeStamp(stamp, text) {
  mkdirSync(dirname(stamp), { recursive: true });
  const temporary = `${stamp}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, stamp);
}
