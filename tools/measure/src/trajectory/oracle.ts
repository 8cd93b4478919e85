import { readFile } from "node:fs/promises";
import { runPython } from "../python.mjs";

/** The test images whose logits are compared after each segment. */
export const LOGIT_IMAGES = 64;

/**
 * PyTorch's float64 run and its spread, made or continued where they are not yet whole.
 *
 * @returns for each segment: `first` step, `losses`, `logits`, `spread`, `float32` (PyTorch's own
 *   float32 run, compared in the same way), and `stateBefore()`, `stateAfter()`.
 */
export async function runOracle(options, folder) {
  const spreads = options.spreadOf === undefined ? undefined : await spreadsOfResult(options);
  const shared = [
    ...["--architecture", folder.file("architecture.json"), "--recipe", folder.file("recipe.json")],
    ...["--data", options.data, "--states", folder.file("states")],
    ...["--steps", `${options.steps}`, "--segment", `${options.segment}`],
    ...["--logit-images", `${LOGIT_IMAGES}`, "--threads", `${options.pythonThreads}`],
  ];
  const weights = ["--weights", folder.file("weights.safetensors")];
  const trajectory = ["--output", folder.file("trajectory.jsonl")];
  await runPython(options.python, "trajectory.py", [...shared, ...weights, ...trajectory]);
  const spreadByFirst = spreads ?? (await measureSpreads(options, folder, shared));
  return (await folder.readLines("trajectory.jsonl")).map(({ first, losses, logits }) => ({
    first,
    losses,
    logits,
    ...spreadByFirst.get(first),
    stateBefore: () => folder.readState(first),
    stateAfter: () => folder.readState(first + losses.length),
  }));
}

async function measureSpreads({ python }, folder, shared) {
  await runPython(python, "spread.py", [
    ...shared,
    ...["--trajectory", folder.file("trajectory.jsonl"), "--output", folder.file("spread.jsonl")],
  ]);
  return new Map(
    (await folder.readLines("spread.jsonl")).map(({ first, float32, ...spread }) => [
      first,
      { spread, float32 },
    ]),
  );
}

/** The spreads in an earlier result. Throws: when that was of another run. */
async function spreadsOfResult({ spreadOf, run }) {
  const result = JSON.parse(await readFile(spreadOf, "utf8"));
  if (JSON.stringify(result.run) !== JSON.stringify(run)) {
    throw new Error(`--spread-of ${spreadOf}: expected a result of this run, got one of another`);
  }
  return new Map(
    result.segments.map(({ first, spread, pytorchFloat32 }) => [first, { spread, float32: pytorchFloat32 }]),
  );
}
