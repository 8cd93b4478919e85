import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What differs between two runs of the same: times and rates, and the hash over them. */
const TIMES = ["elapsedMs", "imagesPerSecond", "stateSha256"];

/** What must be the same in two runs of the same settings: all but times, and the page that shows them. */
export async function readRun(folder) {
  const latest = (await readFile(join(folder, "checkpoints", "latest"), "utf8")).trim();
  const checkpoint = join(folder, "checkpoints", latest);
  const names = await readdir(folder, { recursive: true });
  return {
    latest,
    names: names.sort(),
    config: await readFile(join(folder, "config.json"), "utf8"),
    metrics: linesOf(await readFile(join(folder, "metrics.jsonl"), "utf8")),
    state: withoutTimes(JSON.parse(await readFile(join(checkpoint, "state.json"), "utf8"))),
    weights: sha256(await readFile(join(checkpoint, "weights.safetensors"))),
    optimizer: sha256(await readFile(join(checkpoint, "optimizer.safetensors"))),
  };
}

/** Names of what is not the same in two runs. */
export function differencesOf(actual, expected) {
  return Object.keys(expected).filter(
    (what) => JSON.stringify(actual[what]) !== JSON.stringify(expected[what]),
  );
}

/** Checkpoints that stand under their names and are not whole: there must never be one. */
export async function brokenCheckpoints(folder) {
  const checkpoints = join(folder, "checkpoints");
  const names = await readdir(checkpoints).catch(() => []);
  const broken = [];
  for (const name of names.filter((each) => /^\d+$/.test(each))) {
    if (!(await isWhole(join(checkpoints, name)))) broken.push(`broken checkpoint ${name}`);
  }
  return broken;
}

/** The newest checkpoint's step, as `latest` says. */
export async function latestStep(folder) {
  const text = await readFile(join(folder, "checkpoints", "latest"), "utf8").catch(() => "0");
  return Number(text.trim());
}

async function isWhole(checkpoint) {
  try {
    const text = await readFile(join(checkpoint, "state.json"), "utf8");
    const { sha256: hashes, stateSha256 } = JSON.parse(text);
    if (sha256(text.replace(stateSha256, "")) !== stateSha256) return false;
    for (const [name, hash] of Object.entries(hashes)) {
      if (sha256(await readFile(join(checkpoint, name))) !== hash) return false;
    }
    return Object.keys(hashes).length === 2;
  } catch {
    return false;
  }
}

function linesOf(text) {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => withoutTimes(JSON.parse(line)));
}

function withoutTimes(value) {
  return JSON.parse(JSON.stringify(value, (key, inner) => (TIMES.includes(key) ? undefined : inner)));
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
