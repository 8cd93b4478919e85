import { expect, it } from "vitest";
import { fakeContestants } from "../testing/fake-targets";
import { madeUpCase, madeUpEntry } from "../testing/sample-result";
import { chooseForLayers } from "./choose-implementations";

const contestants = fakeContestants("slow", "fast", "card", "failed", "peer").map((contestant) => ({
  ...contestant,
  kind: contestant.id === "peer" ? ("peer" as const) : ("backend" as const),
  hardware: contestant.id === "card" ? "gpu" : "cpu",
}));
const cases = [
  madeUpCase([
    madeUpEntry("slow", [1, 1]),
    madeUpEntry("fast", [9, 9]),
    madeUpEntry("card", [3, 3]),
    { contestant: "failed", status: "failed", versions: {}, flags: [], losses: [] },
    madeUpEntry("peer", [99, 99]),
  ]),
];

it.each([
  ["nin-mnist", true, ["fast", "card"]],
  ["nin-mnist", false, ["slow", "fast", "card"]],
  ["nin", true, ["slow", "fast", "card", "failed"]],
])("of %s, only the fastest: %s", (model, onlyFastest, expected) => {
  expect(chooseForLayers(contestants, cases, model, onlyFastest).map(({ id }) => id)).toEqual(expected);
});
