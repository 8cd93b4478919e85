import { Command } from "commander";
import { addBackendOptions } from "../arguments/backend-options.js";
import { addLoadOptions } from "../arguments/data-source.js";
import { integerFrom } from "../arguments/numbers.js";
import { addWeightsOptions, TARGET } from "../arguments/trained-model.js";
import { UsageError } from "../errors/usage-error.js";
import { channelList, layerList } from "../explain/channel-choice.js";
import { type ExplainFlags, explainTarget } from "../explain/explain-target.js";
import type { Terminal } from "../terminal/terminal.js";

/** Options of a data set's images. */
const OF_DATA = ["limit", "imageSize", "testFraction", "dataMemory"] as const;

export function explainCommand(terminal: Terminal): Command {
  const command = new Command("explain")
    .description(
      "write a page that looks inside a network: class activation maps, first filters, most activating images",
    )
    .argument("<target>", TARGET)
    .argument("[images...]", "image files to look at (default: test images of the run's data set)")
    .requiredOption("--output <file>", "HTML page to write")
    .option(
      "--layer <names>",
      "layers whose channels are shown, such as net.0,net.3 (default: all that detect features)",
      layerList,
    )
    .option(
      "--channels <list>",
      "channels to show of each of these layers, such as 0,5,10-13 (default: those that vary most)",
      channelList,
    )
    .option(
      "--recipe <name or file>",
      "recipe that defines the preprocessing (default: the run's, or that of the file of weights)",
    )
    .option(
      "--data <name or path>",
      "data set whose test images are used, also where the run's has moved (default: the run's; none with images)",
    )
    .option(
      "--limit <n>",
      "number of test images to compare the channels over, taken from the start (default: 1000)",
      integerFrom(1),
    );
  addLoadOptions(addWeightsOptions(command));
  return addBackendOptions(command).action(
    async (target: string, images: readonly string[], flags: ExplainFlags) => {
      const unused = command.options.find(
        (option) =>
          OF_DATA.some((name) => name === option.attributeName()) &&
          command.getOptionValueSource(option.attributeName()) === "cli",
      );
      if (images.length > 0 && flags.data === undefined && unused !== undefined)
        throw new UsageError(
          `explain: ${unused.long} is for the images of a data set: add --data, or omit it`,
        );
      await explainTarget(target, images, flags, terminal);
    },
  );
}
