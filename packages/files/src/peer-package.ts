import { requireFrom } from "./companion-module.js";
import { MissingPackageError } from "./errors.js";

/** A package that users install themselves: an optional peer dependency of one of ours. */
export interface PeerPackage {
  readonly name: string;
  /** What `npm install` is to be given: it and what else is needed with it, each with a version unless it is one of ours. */
  readonly install: string;
}

/**
 * Turns a failed `import()` of an optional peer dependency into a sentence that says how to install it. The `import()`
 * stands in the caller, so that bundlers see both the package and that it may be missing.
 *
 * @example
 * const ort = await import("onnxruntime-node").catch(missingPeer({ name: "onnxruntime-node", install: "onnxruntime-node@1.30" }));
 *
 * @returns what to `catch` with: it throws `MissingPackageError` where the package itself is missing, and else what it is given
 */
export function missingPeer(peer: PeerPackage): (error: unknown) => never {
  return (error) => {
    throw isMissing(error, peer.name) ? missingPackage(peer, error) : error;
  };
}

/** What keeps an optional peer dependency from being used; nothing where it is installed. */
export async function peerObstacle(
  peer: PeerPackage,
  from: string | undefined,
  load: () => Promise<unknown>,
): Promise<MissingPackageError | undefined> {
  if (isInstalled(peer.name, from)) return undefined;
  // It may be part of a bundle.
  try {
    await load();
    return undefined;
  } catch (error) {
    return isMissing(error, peer.name) || error instanceof MissingPackageError
      ? missingPackage(peer, error)
      : undefined;
  }
}

/**
 * The versions of packages by name, of those that are installed where `from` would find them: of one in a bundle nothing
 * is known.
 *
 * @param from - `import.meta.url` of the module that asks
 */
export function installedVersions(
  from: string | undefined,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const require = requireFrom(from);
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      try {
        const { version } = require(`${name}/package.json`) as { readonly version: string };
        return [[name, version]];
      } catch {
        return [];
      }
    }),
  );
}

function isInstalled(name: string, from: string | undefined): boolean {
  try {
    requireFrom(from).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** Whether an import failed for want of this package, and not of one that it needs, or for what it does. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const notFound = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  // Node, Bun and Deno say it in words of their own; the first name in quotes is the package's.
  return notFound && /['"]([^'"]+)['"]/.exec(String(message))?.[1] === name;
}

function missingPackage({ name, install }: PeerPackage, cause: unknown): MissingPackageError {
  return new MissingPackageError(name, install, { cause });
}
