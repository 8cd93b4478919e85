import { layerKindNames } from "@nin/spec";
import { expect, test } from "vitest";
import { levelNames, levelOf } from "../case/case.js";
import { conformanceCases } from "./cases.js";

const cases = conformanceCases();

test("every level has cases, some of them quick", () => {
  const levels = (chosen: typeof cases) => new Set(chosen.map(({ id }) => levelOf(id)));
  expect([...levels(cases)].sort()).toEqual([...levels(cases.filter(({ quick }) => quick))].sort());
  expect(levels(cases)).toEqual(new Set(levelNames));
});

test("ids are unique, and consist of level, group, case and parameters", () => {
  const ids = cases.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  for (const id of ids) expect(id).toMatch(/^[a-z]+\/[\w-]+\/[\w.?=&-]+(:\w+=[\w.x+-]+(,\w+=[\w.x+-]+)*)?$/);
});

test("ids are the same in every call, in the same order", () => {
  expect(conformanceCases().map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
});

test("plans and sources are one line each", () => {
  for (const { plan, source } of cases) {
    for (const text of [plan, source]) expect(text).toMatch(/^\S.*\S$/);
  }
});

test("a quick run checks shapes, values and gradients of every layer kind", () => {
  for (const level of ["shapes", "forward", "gradients"]) {
    for (const kind of layerKindNames) {
      expect(
        cases.some(({ id, quick }) => quick && id.startsWith(`${level}/${kind}/`)),
        `${level} ${kind}`,
      ).toBe(true);
    }
  }
});

test("a quick run has at least 100 cases", () => {
  expect(cases.filter(({ quick }) => quick).length).toBeGreaterThanOrEqual(100);
});
