import { builtinArchitecture, builtinArchitectures, parseArchitecture } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { architectureText } from "./architecture-text.js";
import { checkArchitectureText, placeText } from "./check-text.js";

describe("architectureText", () => {
  it.each([
    ...builtinArchitectures.map(({ name }) => name),
    ...["nin?mlpConvs=0", "nin-mnist?mlpConvs=4", "nin-mnist?mlpKernelSize=3", "nin?head=linear"],
  ])("of %s is read as the same network", (name) => {
    const architecture = builtinArchitecture(name);
    expect(checkArchitectureText(architectureText(architecture)).architecture).toEqual(architecture);
  });

  it("has a line for each layer, without defaults", () => {
    const lines = architectureText(builtinArchitecture("nin")).split("\n");
    expect(lines.slice(0, 9)).toEqual([
      "{",
      '  "format": "nin-architecture",',
      '  "version": 1,',
      '  "name": "nin",',
      '  "input": { "channels": 1, "height": 224, "width": 224 },',
      '  "layers": [',
      '    { "kind": "ninBlock", "outChannels": 96, "kernelSize": 11, "stride": 4 },',
      '    { "kind": "maxPool2d", "kernelSize": 3, "stride": 2 },',
      '    { "kind": "ninBlock", "outChannels": 256, "kernelSize": 5, "padding": 2 },',
    ]);
  });

  it("keeps what is no default", () => {
    const architecture = parseArchitecture({
      format: "nin-architecture",
      version: 1,
      name: 'a "b"',
      input: { channels: 3, height: 8, width: 9 },
      layers: [
        { kind: "conv2d", outChannels: 2, kernelSize: [1, 3], stride: [2, 1], padding: [0, 1], bias: false },
        { kind: "ninBlock", outChannels: 4, kernelSize: 1, mlpChannels: [], mlpKernelSize: [3, 1] },
        { kind: "avgPool2d", kernelSize: 2, stride: 1, padding: 1, ceilMode: true },
        { kind: "flatten" },
        { kind: "linear", outFeatures: 2, bias: false },
      ],
    });
    expect(checkArchitectureText(architectureText(architecture)).architecture).toEqual(architecture);
  });
});

describe("checkArchitectureText", () => {
  const text = architectureText(builtinArchitecture("nin-mnist"));
  const marked = (wrong: string): readonly [string, string, string] => {
    const { architecture, problems } = checkArchitectureText(wrong);
    expect(architecture).toBeUndefined();
    const [problem] = problems;
    if (problem === undefined) throw new Error("expected a problem");
    return [wrong.slice(problem.from, problem.to), placeText(wrong, problem.from), problem.message];
  };

  it.each([
    [
      "a wrong value",
      text.replace('"rate": 0.5', '"rate": 1.5'),
      '"rate": 1.5',
      "line 9, column 26",
      "layers[2].rate: expected a number in [0, 1), got 1.5",
    ],
    [
      "an unknown field",
      text.replace('"rate": 0.5', '"rate": 0.5, "mode": 1'),
      '"mode": 1',
      "line 9, column 39",
      "layers[2].mode: unknown field",
    ],
    [
      "a missing field, in its layer",
      text.replace(', "rate": 0.5', ""),
      '{ "kind": "dropout" }',
      "line 9, column 5",
      "layers[2].rate: expected a number in [0, 1), got nothing",
    ],
    [
      "an unknown kind",
      text.replace('"dropout"', '"dropuot"'),
      '"kind": "dropuot"',
      "line 9, column 7",
      "layers[2].kind: expected one of",
    ],
    [
      "an item of a list",
      text.replace("[64, 48]", "[64, -1]"),
      "-1",
      "line 7, column 97",
      "layers[0].mlpChannels[1]: expected a positive integer, got -1",
    ],
    [
      "what does not fit together",
      text.replace('"kernelSize": 3, "stride": 2', '"kernelSize": 99, "stride": 2'),
      '"kernelSize": 99',
      "line 8, column 28",
      "layers[1].kernelSize: expected at most",
    ],
    [
      "a missing root field",
      text.replace('  "name": "nin-mnist",\n', ""),
      "{",
      "line 1, column 1",
      "name: expected a non-empty string, got nothing",
    ],
    [
      "no JSON",
      text.replace('"rate": 0.5', '"rate": 0,5'),
      "5",
      "line 9, column 36",
      "expected a name in double quotes",
    ],
    [
      "a name twice",
      text.replace('"rate": 0.5', '"rate": 0.5, "rate": 0.5'),
      '"',
      "line 9, column 39",
      'the name "rate" stands twice',
    ],
    ["an end too early", text.slice(0, 20), "", "line 2, column 19", "expected a closing"],
    ["nothing", "", "", "line 1, column 1", "expected a value, found the end"],
    ["another thing", "[]", "[]", "line 1, column 1", "(root): expected an object, got []"],
  ])("marks %s", (_, wrong, part, place, message) => {
    const [foundPart, foundPlace, foundMessage] = marked(wrong);
    expect(foundPart).toBe(part);
    expect(foundPlace).toBe(place);
    expect(foundMessage).toContain(message);
  });
});
