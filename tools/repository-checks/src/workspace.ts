import { type CommittedFile, committedFiles } from "./repository.js";

/** The fields of a `package.json` that the checks look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A package of the workspace with its committed code. */
export interface WorkspacePackage {
  /** `packages/spec`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** TypeScript and JavaScript; paths relative to `folder`. */
  readonly code: readonly CommittedFile[];
}

const PACKAGE_FILE = /^((?:packages|apps|tools)\/[^/]+)\/package\.json$/;
const CODE = /\.(?:tsx?|mts|js|mjs)$/;

/** Every package of the workspace, by folder. */
export function workspacePackages(
  files: readonly CommittedFile[] = committedFiles(),
): readonly WorkspacePackage[] {
  return files.flatMap(({ path, text }) => {
    const folder = PACKAGE_FILE.exec(path)?.[1];
    if (folder === undefined) return [];
    const code = files
      .filter((file) => file.path.startsWith(`${folder}/`) && CODE.test(file.path))
      .map((file) => ({ path: file.path.slice(folder.length + 1), text: file.text }));
    return [{ folder, manifest: JSON.parse(text) as Manifest, code }];
  });
}

/** Those that are published. */
export function publishedPackages(): readonly WorkspacePackage[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}
