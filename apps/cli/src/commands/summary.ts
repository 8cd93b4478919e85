import {
  type Architecture,
  type ArchitectureSummary,
  builtinArchitectures,
  shownText,
  summarize,
} from "@nin/spec";
import { Command } from "commander";
import {
  addBackendOptions,
  type BackendFlags,
  chooseBackend,
  resolveDevice,
} from "../arguments/backend-options.js";
import { readModelArgument } from "../arguments/model-argument.js";
import { bytes, count, shapeText } from "../terminal/format.js";
import { tableLines } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { realizedSummary } from "./realized-summary.js";

interface SummaryFlags extends BackendFlags {
  readonly expand?: boolean;
  readonly json?: boolean;
}

export function summaryCommand(terminal: Terminal): Command {
  const command = new Command("summary")
    .description("show layers, output shapes, parameters, multiply-accumulates and memory")
    .argument(
      "<model>",
      `built-in network (${builtinArchitectures.map(({ name }) => name).join(", ")}; options as in nin?mlpConvs=3) or architecture file`,
    )
    .option("--expand", "one row per layer inside each block")
    .option("--json", "output as JSON");
  return addBackendOptions(command).action(async (model: string, flags: SummaryFlags) => {
    const architecture = await readModelArgument(model);
    const { summary, source } = await summaryOf(architecture, flags, terminal);
    if (flags.json === true) return terminal.print(JSON.stringify(asJson(summary), undefined, 2));
    terminal.print(`${shownText(architecture.name)}, ${source}, batch size 1`);
    for (const line of summaryLines(summary, terminal.columns)) terminal.print(line);
  });
}

/** Where a backend is named, shapes and parameters are those of the network that it builds. */
async function summaryOf(
  architecture: Architecture,
  flags: SummaryFlags,
  terminal: Terminal,
): Promise<{ readonly summary: ArchitectureSummary; readonly source: string }> {
  const expand = flags.expand === true;
  if (flags.backend === undefined && flags.device === undefined) {
    return { summary: summarize(architecture, { expand }), source: "from the specification" };
  }
  const choice = await chooseBackend(flags, terminal);
  const summary = await realizedSummary(architecture, choice, { expand });
  return { summary, source: `as built by ${choice.backend} on ${await resolveDevice(choice)}` };
}

export function summaryLines(summary: ArchitectureSummary, width?: number): readonly string[] {
  const rows = tableLines(
    [
      { title: "layer", value: ({ name }) => name },
      { title: "kind", value: ({ kind }) => kind },
      { title: "output shape", value: ({ outputShape }) => shapeText(outputShape) },
      { title: "parameters", value: ({ parameters }) => count(parameters), align: "right" },
      { title: "MACs", value: ({ macs }) => count(macs), align: "right" },
      { title: "activations", value: ({ activationBytes }) => bytes(activationBytes), align: "right" },
    ],
    summary.layers,
    width,
  );
  return [
    ...rows,
    "",
    `parameters   ${count(summary.parameters)} (${bytes(summary.parameterBytes)} in f32)`,
    `MACs         ${count(summary.macs)} forward, ${count(summary.trainingMacs)} forward and backward, per image`,
    `activations  ${bytes(summary.activationBytes)} per image, ${bytes(summary.peakActivationBytes)} at a time in inference`,
    `inference    ${bytes(summary.inferenceBytes)} at batch size 1, with parameters`,
    `training     ${bytes(summary.trainingBytes)} at batch size 1, with parameters and gradients, without optimizer state`,
  ];
}

function asJson({
  layers,
  parameters,
  macs,
  trainingMacs,
  activationBytes,
  peakActivationBytes,
  inferenceBytes,
  trainingBytes,
}: ArchitectureSummary): object {
  const bytesOf = { activationBytes, peakActivationBytes, inferenceBytes, trainingBytes };
  return { layers, parameters, macs, trainingMacs, ...bytesOf };
}
