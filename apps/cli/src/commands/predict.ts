import type { Model } from "@nin/backend";
import { writeSafetensors } from "@nin/safetensors/node";
import { at, type Tensor } from "@nin/spec";
import { Command } from "commander";
import {
  addBackendOptions,
  type BackendFlags,
  chooseBackend,
  threadsOf,
  withModel,
} from "../arguments/backend-options.js";
import { requireOutputs } from "../arguments/outputs.js";
import { imagesOf, inputOf, joined, readInputFile } from "../arguments/tensor-files.js";
import { readTrainedModel } from "../arguments/trained-model.js";
import { withFileInErrors } from "../errors/usage-error.js";
import type { Terminal } from "../terminal/terminal.js";

interface PredictFlags extends BackendFlags {
  readonly weights?: string;
  readonly input: string;
  readonly output: string;
  readonly activations?: boolean;
}

/** Batch sizes: the outputs of all layers take much more memory than the logits. */
const BATCH = { logits: 128, activations: 16 } as const;

export function predictCommand(terminal: Terminal): Command {
  const command = new Command("predict")
    .description("compute the logits of preprocessed images")
    .argument("<target>", "run folder, checkpoint folder, or model with --weights")
    .option("--weights <file>", "safetensors file with the weights, for a model")
    .requiredOption("--input <file>", 'safetensors file with "input" f32 [N, C, H, W], preprocessed')
    .requiredOption("--output <file>", 'safetensors file to write: "logits" [N, classes]')
    .option("--activations", 'outputs of all layers as well, as tensors "net.<i>"');
  return addBackendOptions(command).action(async (target: string, flags: PredictFlags) => {
    const { architecture, parameters, file: weightsFile } = await readTrainedModel(target, flags, terminal);
    const input = inputOf(await readInputFile(flags.input), architecture, flags.input);
    await requireOutputs({ "--output": flags.output });
    const options = {
      maxBatch: flags.activations === true ? BATCH.activations : BATCH.logits,
      ...threadsOf(flags),
    };
    const outputs = await withModel(chooseBackend(flags), architecture, options, async (model) => {
      await withFileInErrors(weightsFile, "NIN_PARAMETER", () => model.writeParameters(parameters));
      return predictInParts(model, input, options.maxBatch, flags.activations === true);
    });
    await writeSafetensors(flags.output, outputs);
    terminal.print(
      `${flags.output}: ${[...outputs].map(([name, { shape }]) => `${name} [${shape.join(", ")}]`).join(", ")}`,
    );
  });
}

async function predictInParts(
  model: Model,
  input: Tensor,
  size: number,
  activations: boolean,
): Promise<ReadonlyMap<string, Tensor>> {
  const parts = new Map<string, Tensor[]>();
  const keep = (name: string, tensor: Tensor): void => {
    const own = parts.get(name);
    if (own === undefined) parts.set(name, [tensor]);
    else own.push(tensor);
  };
  const count = at(input.shape, 0);
  for (let start = 0; start < count; start += size) {
    const batch = { input: imagesOf(input, start, Math.min(start + size, count)) };
    keep("logits", await model.predict(batch));
    if (!activations) continue;
    for (const [name, tensor] of await model.activations(batch)) keep(name, tensor);
  }
  return new Map([...parts].map(([name, tensors]) => [name, joined(tensors)]));
}
