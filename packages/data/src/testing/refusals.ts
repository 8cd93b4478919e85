import { join } from "node:path";
import { expect, it } from "vitest";
import { type LoadOptions, loadDataset } from "../load-dataset.js";
import { emptyFolder } from "./idx-folder.js";
import { refusal, type Tree, writeTree } from "./tree.js";

/** A name, what is in the folder, what the message says, and the place in the folder and the options to load it with. */
export type RefusalCase = readonly [
  name: string,
  tree: Tree,
  message: string | RegExp,
  how?: { readonly at?: string; readonly options?: LoadOptions },
];

/** Tests that each data set is refused by a `DataError` of one line. */
export function itRefuses(cases: readonly RefusalCase[]): void {
  const named = cases.map(([name, tree, message, how]) => ({ name, tree, message, ...how }));
  it.each(named)("$name", async ({ tree, message, at = "", options = {} }) => {
    const folder = await emptyFolder();
    await writeTree(folder, tree);
    const { message: found } = await refusal(() => loadDataset(join(folder, at), options));
    if (typeof message === "string") expect(found).toContain(message);
    else expect(found).toMatch(message);
  });
}
