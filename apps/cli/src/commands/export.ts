import { writeSafetensors } from "@nin/safetensors/node";
import { loadWeightsFrom } from "@nin/training/node";
import { Command, Option } from "commander";
import { bytes } from "../format.js";
import { namingFile } from "../naming-file.js";
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
    .argument("<folder>", "of a run or of a checkpoint")
    .addOption(
      new Option("--format <format>", "of the file")
        .choices(["onnx", "safetensors", "tfjs"])
        .makeOptionMandatory(),
    )
    .requiredOption("--output <path>", "file to write")
    .action(async (folder: string, { format, output }: ExportFlags) => {
      if (format === "tfjs") {
        throw new UsageError(
          "--format tfjs: this version has no TensorFlow.js backend yet; use onnx or safetensors",
        );
      }
      const { file, parameters, config, warnings } = await loadWeightsFrom(folder);
      for (const warning of warnings) terminal.note(`Warning: ${warning}`);
      if (format === "safetensors") {
        await writeSafetensors(output, parameters);
        return terminal.print(`${output}: ${parameters.size} tensors`);
      }
      if (config === undefined) {
        throw new UsageError(
          `${folder}: expected the folder of a run, or a checkpoint inside one, which tells the architecture`,
        );
      }
      const { architecture } = config;
      // Loads ONNX Runtime, which no other command needs.
      const { exportOnnx } = await import("@nin/backend-onnxruntime");
      const model = await namingFile(file, "NIN_PARAMETER", async () => exportOnnx(architecture, parameters));
      await writeWhole(output, model);
      terminal.print(`${output}: ONNX model ${architecture.name}, ${bytes(model.length)}, input -> logits`);
    });
}
