const STATEMENTS = [
  /\b(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"'\n]+)["']/g,
  // A statement alone, at its beginning: what ends in "--import" and goes on with another string is none.
  /(?:^|;)\s*import\s*["']([^"'\n]+)["']/gm,
  /^\/\/\/ <reference types="([^"\n]+)"/gm,
  /\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)/g,
];

/** A line of a docstring, whose examples import what a user has. */
const DOCSTRING_LINE = /^\s*\* .*$/gm;

/** What a file's import and export statements, its dynamic imports and its references to types name; not what a test puts into a program. */
export function importSpecifiers(text: string): readonly string[] {
  const code = text.replace(DOCSTRING_LINE, "");
  return STATEMENTS.flatMap((statement) => [...code.matchAll(statement)].map(([, name = ""]) => name)).filter(
    (name) => !name.includes("${"),
  );
}

/** The package that a specifier belongs to; undefined for a relative path or one of Node's modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}
