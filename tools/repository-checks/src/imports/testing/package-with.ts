import type { WorkspacePackage } from "../../workspace.js";
import { importSpecifiers, packageOf } from "../specifiers.js";

/** A sample package that declares what its files import, and more where asked. */
export function packageWith(
  folder: string,
  files: Readonly<Record<string, string>>,
  dependencies: readonly string[] = [],
): WorkspacePackage {
  const declared = (isTest: boolean): Record<string, string> =>
    Object.fromEntries(
      Object.entries(files)
        .filter(([path]) => path.includes(".test.") === isTest)
        .flatMap(([, text]) => importSpecifiers(text).map(packageOf))
        .filter((name) => name !== undefined)
        .map((name) => [name, "1"]),
    );
  const name = `@nin/${folder.split("/").at(-1)}`;
  return {
    folder,
    manifest: {
      name,
      version: "0.0.0",
      dependencies: { ...declared(false), ...Object.fromEntries(dependencies.map((extra) => [extra, "1"])) },
      devDependencies: declared(true),
    },
    code: Object.entries(files).map(([path, text]) => ({ path, text })),
  };
}
