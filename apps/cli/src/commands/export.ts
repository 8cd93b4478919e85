import { checkFolderWritable, writeFileAtomic, writeFolderAtomic } from "@nin/files";
import { writeSafetensors } from "@nin/safetensors/node";
import { type Architecture, type NamedTensors, shownText } from "@nin/spec";
import { loadWeightsFrom } from "@nin/training/node";
import { Command, Option } from "commander";
import { requireOutputs } from "../arguments/outputs.js";
import { UsageError, withFileInErrors } from "../errors/usage-error.js";
import { bytes, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

interface ExportFlags {
  readonly format: "onnx" | "safetensors" | "tfjs";
  readonly output: string;
}

const MODEL_FILE = "model.json";

export function exportCommand(terminal: Terminal): Command {
  return new Command("export")
    .description("export a trained network to ONNX, safetensors or TensorFlow.js")
    .argument("<folder>", "run folder or checkpoint folder")
    .addOption(
      new Option("--format <format>", "file format")
        .choices(["onnx", "safetensors", "tfjs"])
        .makeOptionMandatory(),
    )
    .requiredOption("--output <path>", "file to write; a folder for tfjs")
    .action(async (folder: string, { format, output }: ExportFlags) => {
      if (format === "tfjs") await checkFolderWritable(output, { names: await layersModelFiles() });
      else await requireOutputs({ "--output": output });
      const { file, parameters, config, warnings } = await loadWeightsFrom(folder);
      for (const warning of warnings) terminal.note(`Warning: ${warning}`);
      if (format === "safetensors") {
        await writeSafetensors(output, parameters);
        return terminal.print(`${output}: ${plural(parameters.size, "tensor")}`);
      }
      if (config === undefined) {
        throw new UsageError(
          `${folder}: expected a run, or a checkpoint inside one; this folder has no architecture`,
        );
      }
      const { architecture } = config;
      if (format === "tfjs") return exportTensorFlow(terminal, config.architecture, parameters, output);
      // Loads ONNX Runtime, which other formats do not need.
      const { exportOnnx } = await import("@nin/backend-onnxruntime/export");
      const model = await withFileInErrors(file, "NIN_PARAMETER", async () =>
        exportOnnx(architecture, parameters),
      );
      await writeFileAtomic(output, model);
      terminal.print(
        `${output}: ONNX model ${shownText(architecture.name)}, ${bytes(model.length)}, input -> logits`,
      );
    });
}

// A backend is loaded only by the commands that need it.
async function layersModelFiles(): Promise<readonly string[]> {
  return [(await import("@nin/backend-tfjs")).WEIGHTS_FILE, MODEL_FILE];
}

/** A folder as `tf.loadLayersModel` takes it; `model.json` comes last, so that it never names weights that are missing. */
async function exportTensorFlow(
  terminal: Terminal,
  architecture: Architecture,
  parameters: NamedTensors,
  folder: string,
): Promise<void> {
  const { exportLayersModel, WEIGHTS_FILE } = await import("@nin/backend-tfjs");
  const { json, weights } = exportLayersModel(architecture, parameters);
  await writeFolderAtomic(
    folder,
    new Map<string, Uint8Array | string>([
      [WEIGHTS_FILE, weights],
      [MODEL_FILE, `${JSON.stringify(json)}\n`],
    ]),
  );
  terminal.print(
    `${folder}: TensorFlow.js layers model ${shownText(architecture.name)}, ${bytes(weights.length)}, NHWC -> logits`,
  );
}
