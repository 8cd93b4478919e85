/** The case that catches each mutant, written by `scripts/mutants.mjs --save`: tests try it first. */
export const caughtBy: Readonly<Record<string, string>> = {};
