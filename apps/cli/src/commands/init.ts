import { writeSafetensors } from "@nin/safetensors/node";
import { elementCount, initialParameters } from "@nin/spec";
import { Command } from "commander";
import { readModelArgument } from "../arguments/model-argument.js";
import { integerFrom } from "../arguments/numbers.js";
import { requireOutputs } from "../arguments/outputs.js";
import { DEFAULT_RECIPE, readRecipeArgument } from "../arguments/recipe-argument.js";
import { requireMemory } from "../process/machine-memory.js";
import { plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

interface InitFlags {
  readonly recipe: string;
  readonly seed?: number;
  readonly output: string;
}

export function initCommand(terminal: Terminal): Command {
  return new Command("init")
    .description("write initial weights, the same for every backend")
    .argument("<model>", "built-in network or architecture file")
    .option(
      "--recipe <name or file>",
      "recipe that defines the initialization: robust, d2l (the tutorial's) or a file",
      DEFAULT_RECIPE,
    )
    .option("--seed <n>", "seed of the random numbers (overrides the recipe)", integerFrom(0))
    .requiredOption("--output <file>", "safetensors file to write")
    .action(async (model: string, { recipe: name, seed, output }: InitFlags) => {
      await requireOutputs({ "--output": output });
      const architecture = await readModelArgument(model);
      const recipe = await readRecipeArgument(name, seed === undefined ? {} : { seed });
      // The values, and the file that is made from them.
      requireMemory(architecture, { copies: 2 });
      const parameters = initialParameters(architecture, recipe.init, recipe.seed);
      await writeSafetensors(output, parameters);
      const values = [...parameters.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
      terminal.print(
        `${output}: ${plural(values, "value")} in ${plural(parameters.size, "tensor")}, seed ${recipe.seed}`,
      );
    });
}
