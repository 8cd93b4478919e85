import { Command } from "commander";
import { addBackendOptions, type BackendFlags } from "../arguments/backend-options.js";
import { integerFrom } from "../arguments/numbers.js";
import {
  addWeightsOptions,
  readTrainedModel,
  TARGET,
  type WeightsChoice,
} from "../arguments/trained-model.js";
import { UsageError } from "../errors/usage-error.js";
import { predictPictures } from "../prediction/predict-pictures.js";
import { predictTensors } from "../prediction/predict-tensors.js";
import type { Terminal } from "../terminal/terminal.js";

interface PredictFlags extends BackendFlags, WeightsChoice {
  readonly top?: number;
  readonly recipe?: string;
  readonly skipBroken?: boolean;
  readonly json?: boolean;
  readonly input?: string;
  readonly output?: string;
  readonly activations?: boolean;
}

/** Options of one of the two forms: images, or tensors. */
const FOR_IMAGES = ["top", "recipe", "skipBroken", "json"] as const;
const FOR_TENSORS = ["input", "output", "activations"] as const;

export function predictCommand(terminal: Terminal): Command {
  const command = new Command("predict")
    .description("classify images; with --input and --output, compute the logits of preprocessed ones")
    .argument("<target>", TARGET)
    .argument("[images...]", "image files: PNG, JPEG, WebP, GIF or AVIF")
    .option("--top <n>", "number of classes to print for each image (default: 5)", integerFrom(1))
    .option("--skip-broken", "images that cannot be read are reported and skipped")
    .option("--json", "output as JSON, for images")
    .option(
      "--recipe <name or file>",
      "recipe that defines the preprocessing (default: the run's, or that of the file of weights)",
    )
    .option("--input <file>", 'safetensors file with "input" f32 [N, C, H, W], preprocessed')
    .option("--output <file>", 'safetensors file to write: "logits" [N, classes]')
    .option("--activations", 'outputs of all layers as well, as tensors "net.<i>"');
  return addBackendOptions(addWeightsOptions(command)).action(
    async (target: string, images: readonly string[], flags: PredictFlags) => {
      const tensors = tensorsOf(images, flags, command);
      const trained = await readTrainedModel(target, flags, terminal);
      if (tensors !== undefined) return predictTensors(trained, { ...flags, ...tensors }, terminal);
      return predictPictures(trained, images, flags, terminal);
    },
  );
}

/**
 * The files of the form with tensors; nothing for that with images.
 *
 * @throws `UsageError` for neither, both, or an option of the other form
 */
function tensorsOf(
  images: readonly string[],
  { input, output, ...flags }: PredictFlags,
  command: Command,
): { readonly input: string; readonly output: string } | undefined {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === "cli";
  const refuse = (names: readonly string[], why: string): void => {
    const option = command.options.find(
      (each) => names.includes(each.attributeName()) && isGiven(each.attributeName()),
    );
    if (option !== undefined) throw new UsageError(`predict: ${option.long} ${why}`);
  };
  if (images.length > 0) {
    refuse(FOR_TENSORS, "is for preprocessed tensors, not for images: omit it, or the images");
    return undefined;
  }
  if (input === undefined && output === undefined && flags.activations === undefined) {
    throw new UsageError(
      "predict: expected images, or --input FILE and --output FILE for preprocessed tensors",
    );
  }
  if (input === undefined || output === undefined) {
    throw new UsageError(`predict: expected ${input === undefined ? "--input" : "--output"} FILE as well`);
  }
  refuse(FOR_IMAGES, "is for images, not for --input");
  return { input, output };
}
