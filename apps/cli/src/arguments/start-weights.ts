import {
  type Architecture,
  initialParameters,
  type NamedTensors,
  type Preprocessing,
  type Recipe,
} from "@nin/spec";
import type { Terminal } from "../terminal/terminal.js";
import { fitWeights, readWeightsFile } from "./weights-file.js";

/** How a training starts from weights. */
export interface StartWeightsOptions {
  /** The recipe, by whose rules and seed a new head is initialized. */
  readonly recipe: Pick<Recipe, "init" | "seed">;
  /** Whether tensors that the network does not have are skipped; false by default. */
  readonly ignoreExtra?: boolean;
}

/** What a training starts from. */
export interface StartWeights {
  /** All of the network's: those of the file, and new ones of a head with another number of classes. */
  readonly parameters: NamedTensors;
  /** The numbers that the file's network was trained with: they win over the recipe's. Absent where it does not say. */
  readonly preprocessing?: Preprocessing;
}

/**
 * Reads weights that a training starts from, `--weights`. Where nothing but the number of classes differs, the last
 * layers are initialized anew by the recipe; that is reported, and what else was done to the names.
 *
 * @throws `UsageError`, `SafetensorsError`
 */
export async function readStartWeights(
  path: string,
  architecture: Architecture,
  { recipe, ignoreExtra = false }: StartWeightsOptions,
  terminal: Pick<Terminal, "note">,
): Promise<StartWeights> {
  const file = await readWeightsFile(path);
  const { parameters, newHead } = fitWeights(architecture, file, { ignoreExtra, newHead: true }, terminal);
  const { preprocessing } = file.description;
  if (preprocessing !== undefined)
    terminal.note(`${path}: images are normalized as for its own training: ${shown(preprocessing)}`);
  if (newHead.length === 0) return { parameters, ...(preprocessing && { preprocessing }) };
  terminal.note(
    `${path}: another number of classes: initialized anew by the recipe are ${newHead.join(", ")}`,
  );
  const initial = initialParameters(architecture, recipe.init, recipe.seed);
  return { parameters: new Map([...initial, ...parameters]), ...(preprocessing && { preprocessing }) };
}

function shown({ mean, std }: Preprocessing): string {
  return `mean ${[mean].flat().join(", ")}, std ${[std].flat().join(", ")}`;
}
