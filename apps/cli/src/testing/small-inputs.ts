import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newFolder, smallIdxFiles, smallNinJson, writeIdxFolder } from "@nin/test-support";
import { afterAll, beforeAll } from "vitest";

/** Where a test file's inputs lie. */
export interface SmallInputs {
  readonly folder: string;
  /** An architecture file. */
  readonly model: string;
  /** A data set for it: 60 training images, 30 test images. */
  readonly data: string;
  /** A path in the folder. */
  file(name: string): string;
}

/** Gives the tests of a file an architecture and data, in a folder that is gone afterwards. */
export function useSmallInputs(): SmallInputs {
  let folder = "";
  beforeAll(async () => {
    folder = await newFolder();
    await writeFile(join(folder, "small.json"), JSON.stringify(smallNinJson));
    await writeIdxFolder(join(folder, "data"), smallIdxFiles(60, 30));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    get model() {
      return join(folder, "small.json");
    },
    get data() {
      return join(folder, "data");
    },
    file: (name) => join(folder, name),
  };
}
