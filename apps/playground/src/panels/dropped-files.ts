import type { DroppedFile } from "../contract/protocol.js";

/** What was dropped: files, and those in folders, with their paths. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly DroppedFile[]> {
  // All entries at once: the list is empty after the first wait.
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFiles([...transfer.files]);
  const [only] = entries;
  const isOneFolder = entries.length === 1 && only?.isDirectory === true;
  const found = await Promise.all(entries.map((entry) => filesBelow(entry, "")));
  const all = found.flat();
  // As for a folder that is chosen: its own name does not count.
  return isOneFolder
    ? all.map(({ file, path }) => ({ file, path: path.split("/").slice(1).join("/") }))
    : all;
}

/** Files of an input, without the name of the folder that was chosen. */
export function chosenFiles(files: readonly File[]): readonly DroppedFile[] {
  return files.map((file) => {
    const below = file.webkitRelativePath.split("/").slice(1).join("/");
    return { file, path: below === "" ? file.name : below };
  });
}

async function filesBelow(entry: FileSystemEntry, folder: string): Promise<readonly DroppedFile[]> {
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: DroppedFile[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map((each) => filesBelow(each, `${path}/`)))).flat());
  }
}

const RUN_FILE = /\.(?:zip|safetensors)$|(?:^|\/)config\.json$/i;

/** Whether files are a run or weights, and not images. */
export function areOfRun(files: readonly DroppedFile[]): boolean {
  return files.some(({ path }) => RUN_FILE.test(path));
}
