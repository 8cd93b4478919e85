import { shownText } from "@nin/spec";

/** What the suite checks, in the order in which it runs: a later level builds on the earlier ones. */
export const levelNames = [
  "shapes",
  "parameters",
  "forward",
  "gradients",
  "step",
  "trajectory",
  "randomness",
  "preprocessing",
  "files",
  "errors",
  "lifecycle",
  "determinism",
] as const;

export type LevelName = (typeof levelNames)[number];

/** The level of a case: the first part of its id. Throws: `RangeError` for an id of no level. */
export function levelOf(id: string): LevelName {
  const first = id.split("/")[0];
  const level = levelNames.find((name) => name === first);
  if (level !== undefined) return level;
  throw new RangeError(
    `case ${shownText(id)}: expected an id that begins with one of ${levelNames.join(", ")}`,
  );
}
