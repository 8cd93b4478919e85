import { writeFileAtomic } from "@nin/files";
import { at, shownText } from "@nin/spec";
import { firstFilters } from "@nin/training";
import { type BackendFlags, chooseBackend, threadsOf, withModel } from "../arguments/backend-options.js";
import { requireOutputs } from "../arguments/outputs.js";
import { preprocessingOf, readTrainedModel, type WeightsChoice } from "../arguments/trained-model.js";
import { withFileInErrors } from "../errors/usage-error.js";
import { activationBatch } from "../report/choose-samples.js";
import { plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { plannedNetwork, requireChannels } from "./channel-choice.js";
import type { ExplainData } from "./explain-data.js";
import { explainChannels } from "./explained-channels.js";
import { explainImages } from "./explained-images.js";
import { type ImageFlags, readSources } from "./image-sources.js";
import { renderExplanation } from "./render-explanation.js";

/** What to look at, and where the page goes. */
export interface ExplainFlags extends BackendFlags, ImageFlags, WeightsChoice {
  readonly layer?: readonly string[];
  readonly channels?: readonly number[];
  readonly recipe?: string;
}

/**
 * Writes a page that looks inside a network: class activation maps, its first filters, and the images that activate its
 * channels most.
 *
 * @param paths - the user's own images; none for test images
 * @throws `UsageError`, `DataError`, `FileError`; what reading a model and the backend throw
 */
export async function explainTarget(
  target: string,
  paths: readonly string[],
  flags: ExplainFlags,
  terminal: Terminal,
): Promise<void> {
  const { output, layer: layers, channels } = flags;
  await requireOutputs({ "--output": output });
  const trained = await readTrainedModel(target, flags, terminal);
  const { architecture, parameters, file } = trained;
  const choice = requireChannels(architecture, { ...(layers && { layers }), ...(channels && { channels }) });
  const preprocessing = await preprocessingOf(trained, flags.recipe);
  const { size, classNames, explained, pool } = await readSources(target, trained, paths, flags, terminal);
  const imageFormat = { ...size, preprocessing };
  const maxBatch = activationBatch(plannedNetwork(architecture));
  const options = { maxBatch, imageFormat, ...threadsOf(flags) };
  const filters = firstFilters(architecture, parameters);
  const data = await withModel(await chooseBackend(flags, terminal), architecture, options, async (model) => {
    await withFileInErrors(file, "NIN_PARAMETER", () => model.writeParameters(parameters));
    const images = await explainImages(model, await explained(model), classNames);
    return {
      ...{ architecture, file, imageSize: size, compared: pool.text, ...images },
      ...(filters && { filters }),
      layers: await explainChannels(model, { architecture, classNames, pool, choice }),
    };
  });
  await writeFileAtomic(output, renderExplanation(data));
  terminal.print(`${shownText(output, 4096)}: ${contents(data)}`);
}

/** `20 images with class activation maps, 96 filters, 26 channels of 3 layers`. */
function contents({ images, evidence, filters, layers }: ExplainData): string {
  const channels = layers.reduce((sum, layer) => sum + layer.channels.length, 0);
  return [
    `${plural(images.length, "image")} ${evidence === undefined ? "without" : "with"} class activation maps`,
    ...(filters === undefined ? [] : [plural(at(filters.weight.shape, 0), "filter")]),
    ...(layers.length === 0 ? [] : [`${plural(channels, "channel")} of ${plural(layers.length, "layer")}`]),
  ].join(", ");
}
