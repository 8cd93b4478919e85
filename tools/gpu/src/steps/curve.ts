import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { firstTestImages } from "../nin-base/fixture.mjs";
import { runNin } from "./nin-command.mjs";
import { withTemporaryFolder } from "./temporary-folder.mjs";

const RECIPE = "d2l";
/** How often what is there is told, in case that time runs out. Units: ms. */
const TELL_MS = 2000;

/** The tutorial's training from beginning to end, by `nin train`: loss by step, accuracy by epoch, and the run's page. */
export async function run(options, say) {
  const { backend, device, data, model, curveEpochs, curveImages, out } = options;
  if (firstTestImages(data, 1) === undefined) return { skipped: `no Fashion-MNIST in ${data}` };
  const limit = curveImages === null ? [] : ["--limit", `${curveImages}`, "--eval-limit", `${curveImages}`];
  return withTemporaryFolder(async (folder) => {
    const runFolder = join(folder, "run");
    const begin = performance.now();
    const curve = async () => ({
      ...{ model, recipe: RECIPE, precision: "f32", seconds: (performance.now() - begin) / 1000 },
      ...curveOf(await readFile(join(runFolder, "metrics.jsonl"), "utf8").catch(() => "")),
    });
    const telling = setInterval(async () => say({ passed: false, curve: await curve() }), TELL_MS);
    const status = await runNin([
      ...["train", model, "--recipe", RECIPE, "--epochs", `${curveEpochs}`, "--data", data, ...limit],
      ...["--backend", backend, "--device", device, "--out", runFolder],
    ]);
    clearInterval(telling);
    const told = await curve();
    if (status === 0)
      await copyFile(join(runFolder, "report.html"), out.replace(/(\.json)?$/, "-curve.html"));
    return { passed: status === 0 && told.epochs.length === curveEpochs, curve: told };
  });
}

/** A run's metrics: losses by step as [step, loss], and the epochs as they are. */
export function curveOf(text) {
  // The last line may be half written.
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean);
  const entries = lines.map((line) => JSON.parse(line));
  return {
    losses: entries.filter(({ kind }) => kind === "step").map(({ step, loss }) => [step, loss]),
    epochs: entries.filter(({ kind }) => kind === "epoch").map(({ kind: _, ...epoch }) => epoch),
  };
}
