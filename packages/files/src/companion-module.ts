import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BundledModuleError } from "./errors.js";

/** A module that is started by its file: in a thread or process of its own. */
export interface CompanionModule {
  /** `import.meta.url` of the module that starts it; a bundle in CommonJS has none. */
  readonly from: string | undefined;
  /** The file name of that module where it is not part of a bundle, without its ending. */
  readonly starter: string;
  /** Where the module lies, relative to that one. */
  readonly path: string;
  /** How others import it: `@nin/backend-onnxruntime/node/worker`. */
  readonly specifier: string;
}

/**
 * Where a module lies that is started by its file. A bundler takes in what is imported and not this one: in a
 * bundle it is looked for as an installed package, from the bundle's place and from the working folder.
 *
 * @throws `BundledModuleError` with what to do.
 */
export function companionModule({ from, starter, path, specifier }: CompanionModule): URL {
  if (from !== undefined && basename(from) === `${starter}.js`) return new URL(path, from);
  for (const place of [basePath(from), join(process.cwd(), "package.json")]) {
    try {
      return pathToFileURL(createRequire(place).resolve(specifier));
    } catch {
      // Not installed there.
    }
  }
  throw new BundledModuleError(specifier, basePath(from));
}

/** `require` of a module, also in a bundle in CommonJS, where it has no `import.meta.url`. */
export function requireFrom(from: string | undefined): NodeJS.Require {
  return createRequire(basePath(from));
}

function basePath(from: string | undefined): string {
  return from === undefined ? (process.argv[1] ?? join(process.cwd(), "package.json")) : fileURLToPath(from);
}
