import type { LoadedDataset } from "@nin/data/node";
import { type Architecture, at, builtinArchitectures, inferLayers, shownText } from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";

/**
 * Checks that a network has a score for each class of the data: more are allowed where the data do not name their own,
 * as folders and CSV lists do.
 *
 * @param model - as the user wrote it, for the message
 * @throws `UsageError` naming the option that gives a built-in network as many
 */
export function requireScores(
  architecture: Architecture,
  { train: { name, classes }, hasNamedClasses }: Pick<LoadedDataset, "train" | "hasNamedClasses">,
  model: string = architecture.name,
): void {
  const output = at(inferLayers(architecture), -1).outputShape;
  const [scores] = output;
  if (output.length !== 1 || scores === undefined) {
    throw new UsageError(
      `${shownText(model)}: expected a network that ends in one score a class, got an output of shape [${output.join(", ")}]; a flatten layer makes scores of a 1x1 image`,
    );
  }
  if (hasNamedClasses ? scores === classes : scores >= classes) return;
  const has = `${shownText(model)} has ${scores} scores, and ${shownText(name, 4096)} has ${classes} classes`;
  throw new UsageError(`${has}: expected one score for each; use ${remedy(model, classes)}`);
}

/** `'nin?classes=12'`, with the model's other options. */
function remedy(model: string, classes: number): string {
  const [name = model, options = ""] = model.split("?");
  if (!builtinArchitectures.some((builtin) => builtin.name === name)) {
    return `an architecture whose last layer has ${classes} outputs`;
  }
  const others = options.split("&").filter((option) => option !== "" && !option.startsWith("classes="));
  return `'${name}?${[...others, `classes=${classes}`].join("&")}'`;
}
