import { builtinArchitecture, parseArchitecture } from "@nin/spec";
import { smallNinJson } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { requireScores } from "./class-count.js";

function dataOf(classes: number, hasNamedClasses: boolean) {
  const { train } = { train: { name: "/data/pets", classes } };
  return { train, hasNamedClasses } as unknown as Parameters<typeof requireScores>[1];
}

describe("a network and the classes of the data", () => {
  const nin = builtinArchitecture("nin");

  it.each([
    [10, true],
    [10, false],
    [7, false],
  ])("suit each other: 10 scores, %d classes, named %s", (classes, named) => {
    expect(() => requireScores(nin, dataOf(classes, named))).not.toThrow();
  });

  it.each([
    [12, true, "nin", "'nin?classes=12'"],
    [12, false, "nin?size=112&classes=10", "'nin?size=112&classes=12'"],
    [7, true, "nin-mnist?channels=3", "'nin-mnist?channels=3&classes=7'"],
    [12, true, "pets.json", "an architecture whose last layer has 12 outputs"],
  ])("do not: %d classes, named %s, %s", (classes, named, model, remedy) => {
    expect(() => requireScores(nin, dataOf(classes, named), model)).toThrow(
      `${model} has 10 scores, and /data/pets has ${classes} classes: expected one score for each; use ${remedy}`,
    );
  });

  it("need scores, not an image", () => {
    const layers = smallNinJson.layers.slice(0, -2);
    const architecture = parseArchitecture({ ...smallNinJson, layers });
    expect(() => requireScores(architecture, dataOf(10, true), "small.json")).toThrow(
      /^small\.json: expected a network that ends in one score a class, got an output of shape \[/,
    );
  });
});
