import { join, resolve } from "node:path";
import { at } from "@nin/spec";
import { orderedClasses, quoted } from "../dataset/classes.js";
import { DataError } from "../dataset/errors.js";
import { IMAGE_KINDS, isImageName } from "../image/kinds.js";
import { type LabelledFile, type PictureSet, roundRobin } from "./picture-set.js";
import { picturesBelow, type VisibleEntries, visibleEntries } from "./visible-entries.js";

/** Names of folders in which people keep images for validation. */
const VALIDATION_NAMES: readonly string[] = ["val", "valid", "validation", "dev", "eval"];

/** The pictures of one class: paths relative to its folder, in code-point order. */
interface ClassFolder {
  readonly name: string;
  readonly path: string;
  readonly pictures: readonly string[];
  readonly others: readonly string[];
}

/**
 * Lists a folder of pictures: `train/<class>/...` and `test/<class>/...`, or `<class>/...` alone. Classes are the names
 * of folders in code-point order; pictures below a class's folder are its own, at any depth. They are ordered
 * round-robin: the first (by path, in code-point order) of each class, then the second of each, and so on.
 *
 * @throws DataError for a class without pictures, pictures outside a class, a class of the test images alone, names of
 *   classes that differ only by case, and less than two classes
 * @throws the signal's reason when it aborts
 */
export async function listImageFolder(folder: string, signal?: AbortSignal): Promise<PictureSet> {
  const name = resolve(folder);
  const entries = await visibleEntries(name);
  const splits = splitsOf(name, entries);
  const train = await classFolders(splits.train, signal);
  const classNames = orderedClasses(
    train.map((each) => each.name),
    splits.train,
  );
  for (const each of train) requirePictures(each);
  const notes = splits.notes.concat(noteOn(train));
  if (splits.test === undefined)
    return {
      name,
      classNames,
      train: roundRobin(labelled(train, classNames)),
      test: undefined,
      isRoundRobin: true,
      notes,
    };
  const test = await classFolders(splits.test, signal);
  for (const each of test) {
    if (classNames.includes(each.name)) continue;
    throw new DataError(each.path, `a class that has training images in ${splits.train}`, "another one");
  }
  if (test.every(({ pictures }) => pictures.length === 0)) throw noPictures(splits.test);
  return {
    name,
    classNames,
    train: roundRobin(labelled(train, classNames)),
    test: roundRobin(labelled(test, classNames)),
    isRoundRobin: true,
    notes: notes.concat(noteOn(test)),
  };
}

/** Which folders have the classes of which split. */
function splitsOf(
  root: string,
  { folders, files }: VisibleEntries,
): { readonly train: string; readonly test: string | undefined; readonly notes: readonly string[] } {
  const [train, test] = [join(root, "train"), join(root, "test")];
  const others = folders.filter((name) => name !== "train" && name !== "test");
  if (folders.includes("train") && folders.includes("test")) {
    const notes = others.map((name) => `${join(root, name)} is not read: only train and test are.`);
    return { train, test, notes };
  }
  if (folders.includes("train") && !files.some(isImageName)) {
    const validation = others.find((name) => VALIDATION_NAMES.includes(name.toLowerCase()));
    if (validation !== undefined) {
      const expected = "train and test, or a folder for each class";
      throw new DataError(root, expected, `train and ${validation} (call it test to evaluate with it)`);
    }
    if (others.length === 0) return { train, test: undefined, notes: [] };
  }
  return { train: root, test: undefined, notes: [] };
}

/** @throws DataError for pictures that are in no class's folder */
async function classFolders(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<readonly ClassFolder[]> {
  const { folders, files } = await visibleEntries(folder);
  const stray = files.find(isImageName);
  if (stray !== undefined && folders.length > 0)
    throw new DataError(join(folder, stray), "images in a folder for each class", "one outside them");
  const found: ClassFolder[] = [];
  for (const name of folders) {
    const path = join(folder, name);
    found.push({ name, path, ...(await picturesBelow(path, signal)) });
  }
  if (found.every(({ pictures }) => pictures.length === 0)) throw noPictures(folder);
  return found;
}

function requirePictures({ path, pictures, others }: ClassFolder): void {
  if (pictures.length > 0) return;
  const found =
    others.length === 0 ? "none" : `none among ${others.length} files, such as ${quoted(at(others, 0))}`;
  throw new DataError(path, `at least one ${IMAGE_KINDS} image of this class`, found);
}

function noPictures(folder: string): DataError {
  const expected = `a folder for each class with ${IMAGE_KINDS} images`;
  return new DataError(folder, expected, "none", { code: "NIN_DATA_MISSING" });
}

function noteOn(classes: readonly ClassFolder[]): readonly string[] {
  const others = classes.flatMap(({ path, others: names }) => names.map((name) => join(path, name)));
  if (others.length === 0) return [];
  const which =
    others.length === 1 ? "is no image and is" : `and ${others.length - 1} more files are no images and are`;
  return [`${at(others, 0)} ${which} not read.`];
}

/** The files of classes, those of one after those of another. */
function labelled(folders: readonly ClassFolder[], classNames: readonly string[]): readonly LabelledFile[] {
  return folders.flatMap(({ name, path, pictures }) => {
    const label = classNames.indexOf(name);
    return pictures.map((picture) => ({ path: join(path, picture), label }));
  });
}
