import type { Model } from "@nin/backend";
import { writeSafetensors } from "@nin/safetensors/node";
import { at, type Tensor } from "@nin/spec";
import { type BackendFlags, chooseBackend, threadsOf, withModel } from "../arguments/backend-options.js";
import { requireOutputs } from "../arguments/outputs.js";
import { imagesOf, inputOf, joined, readInputFile } from "../arguments/tensor-files.js";
import type { TrainedModel } from "../arguments/trained-model.js";
import { withFileInErrors } from "../errors/usage-error.js";
import type { Terminal } from "../terminal/terminal.js";

/** Where preprocessed images are, and where their scores go. */
export interface TensorRequest extends BackendFlags {
  readonly input: string;
  readonly output: string;
  readonly activations?: boolean;
}

/** Batch sizes: the outputs of all layers take much more memory than the logits. */
const BATCH = { logits: 128, activations: 16 } as const;

/**
 * Computes the scores of preprocessed images, with `activations` the outputs of all layers as well.
 *
 * @throws `UsageError`, `SafetensorsError`; what the backend throws
 */
export async function predictTensors(
  { architecture, parameters, file: weightsFile }: TrainedModel,
  flags: TensorRequest,
  terminal: Terminal,
): Promise<void> {
  const input = inputOf(await readInputFile(flags.input), architecture, flags.input);
  await requireOutputs({ "--output": flags.output });
  const options = {
    maxBatch: flags.activations === true ? BATCH.activations : BATCH.logits,
    ...threadsOf(flags),
  };
  const outputs = await withModel(
    await chooseBackend(flags, terminal),
    architecture,
    options,
    async (model) => {
      await withFileInErrors(weightsFile, "NIN_PARAMETER", () => model.writeParameters(parameters));
      return predictInParts(model, input, options.maxBatch, flags.activations === true);
    },
  );
  await writeSafetensors(flags.output, outputs);
  terminal.print(
    `${flags.output}: ${[...outputs].map(([name, { shape }]) => `${name} [${shape.join(", ")}]`).join(", ")}`,
  );
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
