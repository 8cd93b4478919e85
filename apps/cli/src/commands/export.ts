import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "@nin/safetensors/node";
import type { Architecture, Parameters } from "@nin/spec";
import { loadWeightsFrom } from "@nin/training/node";
import { Command, Option } from "commander";
import { bytes, plural } from "../format.js";
import { namingFile } from "../naming-file.js";
import { systemReason } from "../system-reason.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { writeWhole } from "../write-whole.js";

interface ExportFlags {
  readonly format: "onnx" | "safetensors" | "tfjs";
  readonly output: string;
}

export function exportCommand(terminal: Terminal): Command {
  return new Command("export")
    .description("a trained network for use elsewhere")
    .argument("<folder>", "folder of a run or of a checkpoint")
    .addOption(
      new Option("--format <format>", "format of the export")
        .choices(["onnx", "safetensors", "tfjs"])
        .makeOptionMandatory(),
    )
    .requiredOption("--output <path>", "file to write, or for tfjs a folder")
    .action(async (folder: string, { format, output }: ExportFlags) => {
      const { file, parameters, config, warnings } = await loadWeightsFrom(folder);
      for (const warning of warnings) terminal.note(`Warning: ${warning}`);
      if (format === "safetensors") {
        await writeSafetensors(output, parameters);
        return terminal.print(`${output}: ${plural(parameters.size, "tensor")}`);
      }
      if (config === undefined) {
        throw new UsageError(
          `${folder}: expected the folder of a run, or a checkpoint inside one, which tells the architecture`,
        );
      }
      const { architecture } = config;
      if (format === "tfjs") return exportTensorFlow(terminal, config.architecture, parameters, output);
      // Loads ONNX Runtime, which other formats do not need.
      const { exportOnnx } = await import("@nin/backend-onnxruntime");
      const model = await namingFile(file, "NIN_PARAMETER", async () => exportOnnx(architecture, parameters));
      await writeWhole(output, model);
      terminal.print(`${output}: ONNX model ${architecture.name}, ${bytes(model.length)}, input -> logits`);
    });
}

/** A folder as `tf.loadLayersModel` takes it; `model.json` comes last, so that it never names weights that lack. */
async function exportTensorFlow(
  terminal: Terminal,
  architecture: Architecture,
  parameters: Parameters,
  folder: string,
): Promise<void> {
  // A backend is loaded by the commands that need it.
  const { exportLayersModel, WEIGHTS_FILE } = await import("@nin/backend-tfjs");
  const { json, weights } = exportLayersModel(architecture, parameters);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`${folder}: cannot be written: ${systemReason(error)}`, { cause: error });
  }
  await writeWhole(join(folder, WEIGHTS_FILE), weights);
  await writeWhole(join(folder, "model.json"), `${JSON.stringify(json)}\n`);
  terminal.print(
    `${folder}: TensorFlow.js layers model ${architecture.name}, ${bytes(weights.length)}, NHWC -> logits`,
  );
}
