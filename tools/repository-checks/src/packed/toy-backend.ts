import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../repository.js";

const EXAMPLE = join(root, "examples/conformance");
const LAYERS = "toy-layers.mjs";
const RIGHT_PADDING = "Number.NEGATIVE_INFINITY";

/** Copies the toy backend of `examples/` into a folder, with what runs the suite on it. */
export function copyToy(folder: string): Promise<void> {
  return cp(EXAMPLE, folder, { recursive: true });
}

/** Copies it with one mistake: its max pools pad with zeros. */
export async function copyMistakenToy(folder: string): Promise<void> {
  await copyToy(folder);
  const layers = await readFile(join(folder, LAYERS), "utf8");
  if (layers.split(RIGHT_PADDING).length !== 2) throw new Error(`${LAYERS}: expected one ${RIGHT_PADDING}`);
  await writeFile(join(folder, LAYERS), layers.replace(RIGHT_PADDING, "0"));
}
