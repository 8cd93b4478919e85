import { writeSafetensors } from "@nin/safetensors/node";
import { at, present, type Tensor } from "@nin/spec";
import { Command } from "commander";
import {
  addBackendOptions,
  type BackendFlags,
  chooseBackend,
  threadsOf,
  withModel,
} from "../arguments/backend-options.js";
import { requireOutputs } from "../arguments/outputs.js";
import { inputOf, labelsOf, readInputFile } from "../arguments/tensor-files.js";
import {
  addWeightsOptions,
  readTrainedModel,
  TARGET,
  type WeightsChoice,
} from "../arguments/trained-model.js";
import { withFileInErrors } from "../errors/usage-error.js";
import { plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

interface GradientsFlags extends BackendFlags, WeightsChoice {
  readonly input: string;
  readonly output: string;
}

export function gradientsCommand(terminal: Terminal): Command {
  const command = new Command("gradients")
    .description("compute loss and gradients of a batch, without dropout")
    .argument("<target>", TARGET)
    .requiredOption("--input <file>", 'safetensors file with "input" f32 [N, C, H, W] and "labels" int64 [N]')
    .requiredOption("--output <file>", 'safetensors file to write: "loss" [1] and one tensor per parameter');
  return addBackendOptions(addWeightsOptions(command)).action(
    async (target: string, flags: GradientsFlags) => {
      const { architecture, parameters, file: weightsFile } = await readTrainedModel(target, flags, terminal);
      const file = await readInputFile(flags.input);
      const input = inputOf(file, architecture, flags.input);
      const count = at(input.shape, 0);
      const labels = labelsOf(file, count, flags.input);
      await requireOutputs({ "--output": flags.output });
      const options = { maxBatch: count, ...threadsOf(flags) };
      const { loss, gradients } = await withModel(
        await chooseBackend(flags, terminal),
        architecture,
        options,
        async (model) => {
          await withFileInErrors(weightsFile, "NIN_PARAMETER", () => model.writeParameters(parameters));
          return withFileInErrors(flags.input, "NIN_BATCH", () => model.gradients({ input, labels }));
        },
      );
      await writeSafetensors(flags.output, new Map([["loss", lossTensor(loss, gradients)], ...gradients]));
      terminal.print(
        `${flags.output}: loss ${loss.toPrecision(7)}, gradients of ${plural(gradients.size, "parameter")}`,
      );
    },
  );
}

/** In the precision of the gradients. */
function lossTensor(loss: number, gradients: ReadonlyMap<string, Tensor>): Tensor {
  const first = present(gradients.values().next().value, "a gradient");
  const data = first.data instanceof Float64Array ? Float64Array.of(loss) : Float32Array.of(loss);
  return { shape: [1], data };
}
