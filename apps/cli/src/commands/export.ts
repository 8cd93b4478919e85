import { checkFolderWritable, writeFileAtomic, writeFolderAtomic } from "@nin/files";
import { readSafetensors, writeSafetensors } from "@nin/safetensors/node";
import { modelMetadata, shownText } from "@nin/spec";
import { type CheckpointChoice, describeRun, loadWeightsFrom } from "@nin/training/node";
import { Command, Option } from "commander";
import { requireOutputs } from "../arguments/outputs.js";
import { addCheckpointOption } from "../arguments/trained-model.js";
import { UsageError, withFileInErrors } from "../errors/usage-error.js";
import { version } from "../process/versions.js";
import { bytes, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

interface ExportFlags {
  readonly format: "onnx" | "safetensors" | "tfjs";
  readonly output: string;
  readonly checkpoint?: CheckpointChoice;
  readonly withPreprocessing?: boolean;
}

const MODEL_FILE = "model.json";

export function exportCommand(terminal: Terminal): Command {
  const command = new Command("export")
    .description("export a trained network to ONNX, safetensors or TensorFlow.js")
    .argument("<folder>", "run folder or checkpoint folder")
    .addOption(
      new Option("--format <format>", "file format")
        .choices(["onnx", "safetensors", "tfjs"])
        .makeOptionMandatory(),
    )
    .requiredOption("--output <path>", "file to write; a folder for tfjs")
    .option(
      "--with-preprocessing",
      "an ONNX model that takes the bytes of images of any size and gives probabilities",
    );
  return addCheckpointOption(command).action(async (folder: string, flags: ExportFlags) => {
    const { format, output } = flags;
    if (flags.withPreprocessing === true && format !== "onnx")
      throw new UsageError(`--with-preprocessing is for --format onnx, not ${format}`);
    if (format === "tfjs") await checkFolderWritable(output, { names: await layersModelFiles() });
    else await requireOutputs({ "--output": output });
    const { checkpoint } = flags;
    const { file, parameters, config, warnings } = await loadWeightsFrom(
      folder,
      checkpoint === undefined ? {} : { checkpoint },
    );
    for (const warning of warnings) terminal.note(`Warning: ${warning}`);
    if (config === undefined && format === "safetensors") {
      // A checkpoint that was moved out of its run: what it says of itself is all that is known.
      await writeSafetensors(output, parameters, (await readSafetensors(file)).metadata);
      return terminal.print(`${output}: ${plural(parameters.size, "tensor")}`);
    }
    if (config === undefined) {
      throw new UsageError(
        `${folder}: expected a run, or a checkpoint inside one; this folder has no architecture`,
      );
    }
    // The version that writes the file, which may be another one than trained the network.
    const network: Network = { ...describeRun(config), version, parameters, file };
    if (format === "safetensors") await exportSafetensors(terminal, network, output);
    else if (format === "tfjs") await exportTensorFlow(terminal, network, output);
    else await exportOnnxModel(terminal, network, output, flags.withPreprocessing === true);
  });
}

type Network = ReturnType<typeof describeRun> &
  Pick<Awaited<ReturnType<typeof loadWeightsFrom>>, "parameters" | "file">;

async function exportSafetensors(terminal: Terminal, network: Network, output: string): Promise<void> {
  const { parameters } = network;
  await writeSafetensors(output, parameters, modelMetadata(network));
  terminal.print(`${output}: ${plural(parameters.size, "tensor")}`);
}

async function exportOnnxModel(
  terminal: Terminal,
  network: Network,
  output: string,
  withPreprocessing: boolean,
): Promise<void> {
  // Loads protobuf, which other formats do not need.
  const { exportOnnx } = await import("@nin/backend-onnxruntime/export");
  const { architecture, parameters, file } = network;
  const model = await withFileInErrors(file, "NIN_PARAMETER", async () =>
    exportOnnx(architecture, parameters, { description: network, withPreprocessing }),
  );
  await writeFileAtomic(output, model);
  const ends = withPreprocessing ? "images uint8 -> probabilities" : "input -> logits";
  terminal.print(`${output}: ONNX model ${shownText(architecture.name)}, ${bytes(model.length)}, ${ends}`);
}

// A backend is loaded only by the commands that need it.
async function layersModelFiles(): Promise<readonly string[]> {
  return [(await import("@nin/backend-tfjs")).WEIGHTS_FILE, MODEL_FILE];
}

/** A folder as `tf.loadLayersModel` takes it; `model.json` comes last, so that it never names weights that are missing. */
async function exportTensorFlow(terminal: Terminal, network: Network, folder: string): Promise<void> {
  const { exportLayersModel, WEIGHTS_FILE } = await import("@nin/backend-tfjs");
  const { architecture, parameters } = network;
  const { json, weights } = exportLayersModel(architecture, parameters, network);
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
