import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pngBytes } from "@nin/test-support";
import { DataError } from "../dataset/errors.js";

/** What is to be in a folder: files by path, folders as `undefined`, links as the path they lead to. */
export type Tree = Readonly<Record<string, Uint8Array | string | undefined | { readonly link: string }>>;

export async function writeTree(folder: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    const place = join(folder, path);
    await mkdir(content === undefined ? place : dirname(place), { recursive: true });
    if (content === undefined) continue;
    if (typeof content === "object" && "link" in content) await symlink(content.link, place);
    else await writeFile(place, content);
  }
}

/** A PNG of 4 x 4 pixels of one grey. */
export function grey(value: number, size = 4): Buffer {
  const pixels = new Uint8Array(size * size).fill(value);
  return pngBytes({ height: size, width: size, channels: 1, pixels });
}

/** What a call is refused with; anything but a `DataError` of one line is an error of the test. */
export async function refusal(call: () => Promise<unknown>): Promise<DataError> {
  const error: unknown = await call().then(
    () => new Error("it was accepted"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DataError)) throw error;
  if (/[\n\r]/.test(error.message)) throw new Error(`more than one line: ${error.message}`);
  return error;
}
