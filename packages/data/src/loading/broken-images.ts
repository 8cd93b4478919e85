import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import {
  FileError,
  makeFolders,
  readTextBounded,
  realFileSystem,
  SIZE_LIMITS,
  userCacheFolder,
  writeFileAtomic,
} from "@nin/files";
import type { PictureSet } from "../pictures/picture-set.js";
import {
  type BrokenImage,
  inOrder,
  isBroken,
  PictureReader,
  pictureStream,
} from "../pictures/picture-stream.js";
import type { ImageLoadOptions } from "./options.js";

/**
 * The broken pictures of a set. What is found is remembered in the cache, under the files' content: a set that does not
 * fit in memory would otherwise be decoded twice each time.
 */
export async function brokenImages(
  set: PictureSet,
  { cacheFolder = userCacheFolder(), signal }: ImageLoadOptions,
): Promise<readonly BrokenImage[]> {
  const files = [...set.train, ...(set.test ?? [])];
  const format = { channels: 1, height: 1, width: 1, isFixed: false };
  const stream = pictureStream(files, {
    name: set.name,
    classNames: set.classNames,
    format,
    onBroken: () => {},
  });
  const paths = createHash("sha256").update(JSON.stringify(files.map(({ path }) => path)));
  const key = paths.update(await stream.key(signal)).digest("hex");
  const file = join(cacheFolder, "images", `${key.slice(0, 32)}.broken.json`);
  const known = await rememberedBroken(file);
  if (known !== undefined) return known;
  const reader = new PictureReader();
  const problems = inOrder(
    files,
    ({ path }) =>
      reader.read(path, signal).then(
        () => undefined,
        (error: unknown) => {
          if (isBroken(error)) return { path, problem: error.message };
          throw error;
        },
      ),
    signal,
  );
  const broken: BrokenImage[] = [];
  for await (const problem of problems) if (problem !== undefined) broken.push(problem);
  await makeFolders(realFileSystem, dirname(file));
  await writeFileAtomic(file, JSON.stringify(broken));
  return broken;
}

async function rememberedBroken(file: string): Promise<readonly BrokenImage[] | undefined> {
  try {
    const text = await readTextBounded(file, { maxBytes: SIZE_LIMITS.record, regularOnly: true });
    return JSON.parse(text) as readonly BrokenImage[];
  } catch (error) {
    // A damaged one is made anew.
    if (error instanceof SyntaxError || error instanceof FileError) return undefined;
    throw error;
  }
}
