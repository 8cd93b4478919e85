import { expect, test } from "vitest";
import { levelNames, levelOf } from "../case/case.js";
import { createNodeHost } from "../case/node-host.js";
import { conformanceCases } from "../runner/cases.js";
import { caughtBy } from "./caught-by.js";
import { catchingCase, mutants } from "./index.js";

const host = createNodeHost();
/** On a machine that does other work too. */
const TIMEOUT_MS = 300_000;

test("there are at least fifty, with unique names, and some for every level", () => {
  const ids = mutants.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(50);
  for (const name of levelNames) {
    expect(mutants.filter(({ level }) => level === name).length, name).toBeGreaterThanOrEqual(2);
  }
});

test.each(mutants.map((mutant) => [mutant.id, mutant.level, mutant] as const))(
  "%s is caught by %s",
  async (_id, level, mutant) => {
    const cases = conformanceCases().filter(({ id }) => levelOf(id) === level);
    const known = cases.filter(({ id }) => id === caughtBy[mutant.id]);
    const caught =
      (await catchingCase(mutant, known, { host })) ?? (await catchingCase(mutant, cases, { host }));
    expect(caught?.id, mutant.mistake).toContain(`${level}/`);
    // An exception inside the mutant would be caught for the wrong reason.
    expect(caught?.detail).not.toMatch(/^(TypeError|ReferenceError|InternalError)/);
  },
  TIMEOUT_MS,
);
