import type { Backend } from "@nin/backend";
import type { LevelName } from "../levels.js";

/** A backend with one deliberate mistake, which the suite must catch. */
export interface Mutant {
  /** `max-pool2d/ties-last`: theme and mistake. */
  readonly id: string;
  /** What is wrong, in a line. */
  readonly mistake: string;
  /** The level that must catch it. */
  readonly level: LevelName;
  /** Of two for each level: no other level catches it, which a test makes sure of. */
  readonly exclusive?: true;
  create(): Backend;
}
