import { at } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { levelOf } from "../case/case.js";
import { ConformanceFailure, FixtureError } from "../case/failure.js";
import { bareHost } from "../case/host.js";
import { forwardOfPyTorch, gradientsOfPyTorch, stepsOfPyTorch, trajectoriesOfPyTorch } from "./cases.js";
import { fixtureHost, referenceContext } from "./testing/fixtures.js";

const cases = [
  ...forwardOfPyTorch(),
  ...gradientsOfPyTorch(),
  ...stepsOfPyTorch(),
  ...trajectoriesOfPyTorch(),
];

test("ids are stable and unique", () => {
  const ids = cases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(
    expect.arrayContaining([
      "forward/pytorch/ceil-pools:batch=2",
      "gradients/pytorch/pool-ties:batch=3",
      "step/pytorch/linear-head:run=adamw-2,steps=2",
      "trajectory/pytorch/every-kind:run=sgd,steps=24",
    ]),
  );
  expect(new Set(ids.map(levelOf))).toEqual(new Set(["forward", "gradients", "step", "trajectory"]));
});

test("every level has quick cases, and whole built-in networks are not among them", () => {
  const quick = cases.filter((each) => each.quick).map(({ id }) => id);
  expect(new Set(quick.map(levelOf)).size).toBe(4);
  expect(quick.filter((id) => /\/nin(?::|-size)/.test(id))).toEqual([]);
});

describe("with the reference", () => {
  test.for(cases.filter(({ quick }) => quick).map((each) => [each.id, each] as const))(
    "%s passes",
    async ([, each]) => {
      await each.run(referenceContext(fixtureHost()));
    },
  );

  test("a case fails when its fixture says otherwise", async () => {
    const host = fixtureHost((text) =>
      text.replace('"loss": 0', '"loss": 1').replace('"loss": 1.', '"loss": 2.'),
    );
    await expect(at(gradientsOfPyTorch(), 0).run(referenceContext(host))).rejects.toThrow(/^loss: expected/);
  });

  test("a file that is not a fixture is refused with the path of what is wrong", async () => {
    const host = fixtureHost((text) => text.replace('"version": 1,\n "about"', '"version": 2,\n "about"'));
    const run = at(forwardOfPyTorch(), 0).run(referenceContext(host));
    await expect(run).rejects.toThrow(new FixtureError("version", "1", 2));
  });

  test("a host without fixtures makes the case fail", async () => {
    const run = at(forwardOfPyTorch(), 0).run(referenceContext(bareHost));
    await expect(run).rejects.toThrow(ConformanceFailure);
  });
});
