import type { SetupResult } from "@nin/backend-tfjs/node";
import { Command, Option } from "commander";
import type { Terminal } from "../terminal/terminal.js";

interface SetupFlags {
  readonly undo?: boolean;
  readonly remove?: boolean;
  readonly variant?: "cpu" | "cuda";
}

export function setupCommand(terminal: Terminal): Command {
  const tensorflow = new Command("tensorflow")
    .description("install native TensorFlow for the tfjs backend, in the user's cache folder")
    .addOption(
      new Option(
        "--variant <variant>",
        "build for CPUs or for NVIDIA GPUs (default: by what the machine has)",
      ).choices(["cpu", "cuda"]),
    )
    .option("--undo", "removal of the installation")
    .addOption(new Option("--remove", "alias of --undo").conflicts("undo"))
    .action(async ({ undo, remove, variant }: SetupFlags) => {
      if (undo === true || remove === true) return uninstall(terminal);
      const { setUpTensorFlow } = await import("@nin/backend-tfjs/node");
      const { signal } = terminal;
      const onProgress = ({ step, steps, doing }: { step: number; steps: number; doing: string }): void =>
        terminal.note(`${step}/${steps} ${doing}`);
      const made = await terminal.stoppable(() =>
        setUpTensorFlow({ signal, onProgress, ...(variant === undefined ? {} : { variant }) }),
      );
      terminal.print(resultText(made));
    });
  return new Command("setup").description("install what npm cannot install").addCommand(tensorflow);
}

function resultText({ tensorFlowVersion, variant, folder, wasThere }: SetupResult): string {
  const what = `TensorFlow ${tensorFlowVersion} (${variant})`;
  if (wasThere) return `${what} is already installed in ${folder}`;
  return `${what} is installed in ${folder}. To train with it: nin train nin --backend tfjs --device tensorflow`;
}

async function uninstall(terminal: Terminal): Promise<void> {
  const { removeTensorFlow } = await import("@nin/backend-tfjs/node");
  const removed = await removeTensorFlow();
  terminal.print(removed.length === 0 ? "nothing to remove" : `removed ${removed.join(", ")}`);
}
