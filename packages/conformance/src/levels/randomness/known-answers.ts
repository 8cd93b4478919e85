import { type PhiloxKey, philox } from "@nin/spec";
import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkEqual } from "../../check/check.js";

interface KnownAnswer {
  readonly name: string;
  readonly key: PhiloxKey;
  readonly counter: readonly [number, number, number, number];
  readonly words: readonly [number, number, number, number];
}

const ONES = 0xffffffff;

/** Random123's own. */
const ANSWERS: readonly KnownAnswer[] = [
  {
    name: "zeros",
    key: [0, 0],
    counter: [0, 0, 0, 0],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    name: "ones",
    key: [ONES, ONES],
    counter: [ONES, ONES, ONES, ONES],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    name: "pi",
    key: [0xa4093822, 0x299f31d0],
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

/**
 * The generator that every other case of this level is computed with. No backend can fail these: they
 * tell a broken build of `@nin/spec` from a broken backend.
 */
export function knownAnswers(): readonly ConformanceCase[] {
  return ANSWERS.map(({ name, key, counter, words }) => ({
    id: caseId("randomness", "philox", name),
    plan: "Philox4x32-10 gives the known words: what this level expects of a backend rests on it",
    source: "Random123's known answers",
    quick: true,
    run: async () => {
      const drawn = new Uint32Array(4);
      philox(key, ...counter, drawn);
      checkEqual([...drawn], words, "words");
    },
  }));
}
