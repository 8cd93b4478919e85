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
    .description("native TensorFlow for the backend tfjs, in the user's cache folder")
    .addOption(
      new Option("--variant <variant>", "library for the processor, or for NVIDIA GPUs").choices([
        "cpu",
        "cuda",
      ]),
    )
    .option("--undo", "removal of what the command made")
    .addOption(new Option("--remove", "another name for --undo").conflicts("undo"))
    .action(async ({ undo, remove, variant }: SetupFlags) => {
      if (undo === true || remove === true) return takeAway(terminal);
      const { setUpTensorFlow } = await import("@nin/backend-tfjs/node");
      const { signal } = terminal;
      const onProgress = ({ step, steps, doing }: { step: number; steps: number; doing: string }): void =>
        terminal.note(`${step}/${steps} ${doing}`);
      const made = await terminal.stoppable(() =>
        setUpTensorFlow({ signal, onProgress, ...(variant === undefined ? {} : { variant }) }),
      );
      terminal.print(newsOf(made));
    });
  return new Command("setup").description("what npm alone cannot install").addCommand(tensorflow);
}

function newsOf({ tensorFlowVersion, variant, folder, wasThere }: SetupResult): string {
  const what = `TensorFlow ${tensorFlowVersion} (${variant})`;
  if (wasThere) return `${what} is set up already, in ${folder}`;
  return `${what} works, in ${folder}. Train with it: nin train nin --backend tfjs --device tensorflow`;
}

async function takeAway(terminal: Terminal): Promise<void> {
  const { removeTensorFlow } = await import("@nin/backend-tfjs/node");
  const removed = await removeTensorFlow();
  terminal.print(removed.length === 0 ? "nothing was set up" : `removed ${removed.join(", ")}`);
}
