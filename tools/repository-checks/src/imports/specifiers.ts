const STATEMENTS = [
  /\b(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"'\n]+)["']/g,
  /\bimport\s*["']([^"'\n]+)["']/g,
  /^\/\/\/ <reference types="([^"\n]+)"/gm,
  /\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)/g,
];

/** What a file's import and export statements, its dynamic imports and its references to types name. */
export function importSpecifiers(text: string): readonly string[] {
  return STATEMENTS.flatMap((statement) => [...text.matchAll(statement)].map(([, name = ""]) => name));
}

/** The package that a specifier belongs to; undefined for a relative path or one of Node's modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}
