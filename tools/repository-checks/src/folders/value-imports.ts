import { posix } from "node:path";
import { transform } from "esbuild";
import { importSpecifiers } from "../imports/specifiers.js";
import type { CommittedFile } from "../repository.js";

/** A file of a package that uses a value of another one. Paths are relative to the package's `src`. */
export interface ValueImport {
  readonly from: string;
  readonly to: string;
}

const SOURCE = /^src\/(?<path>.+\.(?:tsx?|mts|mjs|js))$/;
const NOT_SHIPPED = /\.test\.|(?:^|\/)testing\//;

/**
 * The imports of values among a package's own files, those on demand included. An import that is used for its types
 * alone leaves nothing in the compiled module, and does not count. Tests and their helpers may import anything.
 */
export async function valueImports(code: readonly CommittedFile[]): Promise<readonly ValueImport[]> {
  const imports = await Promise.all(
    code.map(async ({ path, text }) => {
      const from = SOURCE.exec(path)?.groups?.path;
      if (from === undefined || NOT_SHIPPED.test(from)) return [];
      const loader = path.endsWith(".tsx") ? "tsx" : "ts";
      const compiled = await transform(text, { loader, format: "esm", jsx: "automatic" });
      return importSpecifiers(compiled.code)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => ({ from, to: posix.join(posix.dirname(from), specifier) }));
    }),
  );
  return imports.flat();
}
