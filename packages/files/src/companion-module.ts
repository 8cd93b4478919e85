import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BundledModuleError } from "./errors.js";

/** A module that is started by its file: in a thread or process of its own. */
export interface CompanionModule {
  /** `import.meta.url` of the module that starts it; a bundle in CommonJS has none. */
  readonly from: string | undefined;
  /** How it is imported: `@nin/backend-onnxruntime/node/worker`. */
  readonly specifier: string;
}

/**
 * Where a module lies that is started by its file: a package finds its own by its name. A program's bundler takes in what
 * is imported and not this one: it is looked for as an installed package, from the bundle's place and from the working
 * folder.
 *
 * @throws `BundledModuleError` with what to do.
 */
export function companionModule({ from, specifier }: CompanionModule): URL {
  for (const place of [basePath(from), join(process.cwd(), "package.json")]) {
    try {
      return pathToFileURL(createRequire(place).resolve(specifier));
    } catch {
      // Not installed there.
    }
  }
  throw new BundledModuleError(specifier, basePath(from));
}

/**
 * The path of a file of a package, wherever the module that asks lies in it.
 *
 * @param from - `import.meta.url` of a module of that package
 * @param name - the package's name
 * @param path - relative to its folder
 * @throws the error of Node's `require.resolve` in a program's bundle, where the package is not installed
 */
export function packageFile(from: string | undefined, name: string, path: string): string {
  return join(dirname(requireFrom(from).resolve(`${name}/package.json`)), path);
}

/** `require` of a module, also in a bundle in CommonJS, where it has no `import.meta.url`. */
export function requireFrom(from: string | undefined): NodeJS.Require {
  return createRequire(basePath(from));
}

function basePath(from: string | undefined): string {
  return from === undefined ? (process.argv[1] ?? join(process.cwd(), "package.json")) : fileURLToPath(from);
}
