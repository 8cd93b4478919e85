import { expect, it } from "vitest";
import { builtinArchitecture } from "../builtin/index.js";
import { type ModelDescription, modelMetadata, readModelMetadata, scoreNames } from "./model-description.js";

const description: ModelDescription = {
  architecture: builtinArchitecture("nin-mnist?classes=3&channels=3"),
  classNames: ["a b", "Ö", "3"],
  preprocessing: { mean: [0.1, 0.2, 0.30000000000000004], std: 0.25 },
  image: { channels: 1, height: 20, width: 30 },
  version: "1.2.3",
};

it("is read as it was written", () => {
  const metadata = modelMetadata(description);
  expect([...metadata.keys()]).toEqual([
    "nin.classes",
    "nin.mean",
    "nin.std",
    "nin.input",
    "nin.architecture",
    "nin.version",
  ]);
  expect(metadata.get("nin.mean")).toBe("[0.1,0.2,0.30000000000000004]");
  expect(metadata.get("nin.input")).toBe('{"channels":1,"height":20,"width":30}');
  expect(readModelMetadata(metadata)).toEqual(description);
});

it("may be partly there, or not at all, and others' keys are ignored", () => {
  expect(readModelMetadata(new Map([["format", "pt"]]))).toEqual({});
  const { version: _, ...unversioned } = description;
  expect(readModelMetadata(modelMetadata(unversioned))).toEqual(unversioned);
  expect(readModelMetadata(new Map([["nin.classes", '["x"]']]))).toEqual({ classNames: ["x"] });
});

it.each([
  ["nin.mean", "[", "nin.mean: line 1, column 2: "],
  ["nin.mean", '"data"', 'nin.mean: expected numbers: statistics of the training images, got "data"'],
  ["nin.std", "0", 'nin.std: expected a positive number, one per channel, or "data", got 0'],
  ["nin.std", "[1, 1]", "nin.std: expected a number, or 3, one per channel, got [1,1]"],
  ["nin.classes", '["a", 1, "c"]', "nin.classes[1]: expected a string, got 1"],
  ["nin.classes", '["a", "b"]', "nin.classes: expected 3 names, one for each score, got 2"],
  ["nin.input", '{"channels": 1}', "nin.input.height: expected a positive integer, got nothing"],
  ["nin.input", '{"channels": 2, "height": 1, "width": 1}', "nin.input.channels: expected 1 or 3"],
  ["nin.architecture", '{"format": "nin-recipe"}', 'nin.architecture: format: expected "nin-architecture"'],
  ["nin.version", "1", "nin.version: expected a non-empty string, got 1"],
])("refuses %s of %s", (key, text, message) => {
  const changed = new Map(modelMetadata(description)).set(key, text);
  expect(() => readModelMetadata(changed)).toThrow(message);
});

it("refuses mean without std", () => {
  const metadata = new Map(modelMetadata(description));
  metadata.delete("nin.std");
  expect(() => readModelMetadata(metadata)).toThrow("nin.std: expected a positive number");
});

it("is not written with another number of names than scores", () => {
  expect(() => modelMetadata({ ...description, classNames: ["a"] })).toThrow("nin.classes: expected 3 names");
});

it("names scores that the data has no class for by their number", () => {
  expect(scoreNames(["a", "b"], 4)).toEqual(["a", "b", "2", "3"]);
});
