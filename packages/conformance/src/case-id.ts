import type { LevelName } from "./levels.js";

/** A value that stands in a case's id. */
export type CaseParameter = string | number | boolean | readonly number[];

/** `forward/conv2d/plain:kernelSize=3x5,batch=2`. */
export function caseId(
  level: LevelName,
  group: string,
  name: string,
  parameters: Readonly<Record<string, CaseParameter>> = {},
): string {
  const text = parametersText(parameters);
  return `${level}/${group}/${name}${text === "" ? "" : `:${text}`}`;
}

function parametersText(parameters: Readonly<Record<string, CaseParameter>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${typeof value === "object" ? listText(value) : value}`)
    .join(",");
}

function listText(values: readonly number[]): string {
  return values.length === 0 ? "none" : values.join("x");
}
