import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder, absolute. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** A file that is committed, or staged to be. */
export interface CommittedFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every committed file that is still there, as text. */
export function committedFiles(): readonly CommittedFile[] {
  const output = execFileSync("git", ["ls-files", "-z", "--cached"], { cwd: root, encoding: "utf8" });
  return output
    .split("\0")
    .filter((path) => path !== "")
    .flatMap((path) => {
      const text = readIfThere(join(root, path));
      return text === undefined ? [] : [{ path, text }];
    });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
