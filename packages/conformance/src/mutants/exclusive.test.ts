import { describe, expect, test } from "vitest";
import { levelNames, levelOf } from "../case/case.js";
import { createNodeHost } from "../case/node-host.js";
import { conformanceCases } from "../runner/cases.js";
import { catchingCase, mutants } from "./index.js";

const host = createNodeHost();
/** On a machine that does other work too. */
const TIMEOUT_MS = 300_000;
const exclusives = mutants.filter(({ exclusive }) => exclusive === true);

test.each(levelNames)("there are two mutants that %s alone catches", (name) => {
  expect(exclusives.filter(({ level }) => level === name).length).toBeGreaterThanOrEqual(2);
});

// PyTorch's cases, which repeat in other numbers what the oracle's cover, are left to find-catches.ts: three
// minutes.
describe("no other level's quick cases catch", () => {
  test.each(exclusives.map((mutant) => [mutant.id, mutant.level, mutant] as const))(
    "%s, which is for %s",
    async (_id, level, mutant) => {
      const others = conformanceCases().filter(
        ({ id, quick }) => quick && levelOf(id) !== level && !id.includes("/pytorch/"),
      );
      expect(await catchingCase(mutant, others, { host })).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
