import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { floatTensors } from "../../../packages/safetensors/dist/index.js";
import { readSafetensors, writeSafetensors } from "../../../packages/safetensors/dist/node.js";
import { initialParameters } from "../../../packages/spec/dist/index.js";
import { runPython } from "../python.mjs";

/** The test images whose logits are compared after each segment. */
export const LOGIT_IMAGES = 64;

/**
 * PyTorch's float64 run and its spread, made or continued where they are not yet whole.
 *
 * @returns for each segment: `first` step, `losses`, `logits`, `spread`, `float32` (PyTorch's own
 *   float32 run, compared in the same way), and `stateBefore()`, `stateAfter()`.
 */
export async function runOracle(options) {
  const folder = await prepareFolder(options);
  const shared = [
    ...["--architecture", join(folder, "architecture.json"), "--recipe", join(folder, "recipe.json")],
    ...["--data", options.data, "--states", join(folder, "states")],
    ...["--steps", `${options.steps}`, "--segment", `${options.segment}`],
    ...["--logit-images", `${LOGIT_IMAGES}`, "--threads", `${options.pythonThreads}`],
  ];
  const trajectory = join(folder, "trajectory.jsonl");
  const spread = join(folder, "spread.jsonl");
  const weights = join(folder, "weights.safetensors");
  await runPython(options.python, "trajectory.py", [...shared, "--weights", weights, "--output", trajectory]);
  await runPython(options.python, "spread.py", [...shared, "--output", spread]);
  const spreads = new Map((await readLines(spread)).map((record) => [record.first, record]));
  return (await readLines(trajectory)).map(({ first, losses, logits }) => {
    const { float32, runs, ...drift } = spreads.get(first);
    return {
      first,
      losses,
      logits,
      spread: drift,
      runs,
      float32,
      stateBefore: () => readState(folder, first),
      stateAfter: () => readState(folder, first + losses.length),
    };
  });
}

/** A folder with what PyTorch is given. Throws: when it holds another run's. */
async function prepareFolder({ oracle, architecture, recipe, steps, segment }) {
  const folder = oracle ?? (await mkdtemp(join(tmpdir(), "nin-oracle-")));
  await mkdir(folder, { recursive: true });
  const settings = join(folder, "settings.json");
  const wanted = JSON.stringify({ architecture, recipe, steps, segment });
  if (existsSync(settings)) {
    if ((await readFile(settings, "utf8")) === wanted) return folder;
    throw new Error(`--oracle ${folder}: holds another run; give another folder, or remove it`);
  }
  await writeFile(join(folder, "architecture.json"), JSON.stringify(architecture));
  await writeFile(join(folder, "recipe.json"), JSON.stringify(recipe));
  const parameters = initialParameters(architecture, recipe.init, recipe.seed);
  await writeSafetensors(join(folder, "weights.safetensors"), parameters);
  await writeFile(settings, wanted);
  return folder;
}

async function readLines(path) {
  return (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Parameters and optimizer state in float64, apart. */
async function readState(folder, step) {
  const path = join(folder, "states", `${step}.safetensors`);
  const tensors = [...floatTensors(await readSafetensors(path), path)];
  return {
    step,
    parameters: new Map(tensors.filter(([name]) => name.startsWith("net."))),
    optimizer: new Map(tensors.filter(([name]) => !name.startsWith("net."))),
  };
}
