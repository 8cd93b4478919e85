import { readFileSync } from "node:fs";
import {
  type Architecture,
  at,
  builtinArchitecture,
  classCount,
  inferLayers,
  parseArchitecture,
  sameArchitecture,
  summarize,
} from "@nin/spec";
import { describe, expect, it } from "vitest";
import { exercisesFor } from "./exercises.js";
import { networkFacts } from "./network-facts.js";
import { withWideHead } from "./variants.js";

const exercises = exercisesFor({ classes: 10, channels: 1 });
const setups = exercises.flatMap((exercise) => exercise.setups);

function setup(id: string): Architecture {
  return at(
    setups.filter((each) => each.id === id),
    0,
  ).architecture;
}

function ofStudy(name: string): Architecture {
  const file = new URL(`../../../../studies/architectures/${name}.json`, import.meta.url);
  return parseArchitecture(JSON.parse(readFileSync(file, "utf8")));
}

describe("exercisesFor", () => {
  it("has the tutorial's six, each with something to compare", () => {
    expect(exercises).toHaveLength(6);
    for (const { setups: own } of exercises) expect(own.length).toBeGreaterThan(1);
    expect(new Set(setups.map(({ id }) => id)).size).toBe(setups.length);
  });

  it.each([
    ["global-average-pooling:2", "nin-mnist-linear-on-features"],
    ["global-average-pooling:3", "nin-mnist-4096-4096"],
    ["reducing-to-the-classes:1", "nin-mnist-direct"],
    ["reducing-to-the-classes:2", "nin-mnist-gradual"],
  ])("%s is the network of the study, %s", (id, name) => {
    expect(sameArchitecture(setup(id), ofStudy(name))).toBe(true);
  });

  it.each([
    ["1x1-convolutions:1", "nin-mnist?mlpConvs=0"],
    ["3x3-instead-of-1x1:1", "nin-mnist?mlpKernelSize=3"],
    ["global-average-pooling:1", "nin-mnist?head=linear"],
    ["resources:3", "nin"],
  ])("%s is %s", (id, name) => {
    expect(setup(id)).toEqual(builtinArchitecture(name));
  });

  it("suits other data", () => {
    const other = exercisesFor({ classes: 37, channels: 3 }).flatMap((exercise) => exercise.setups);
    expect(other).toHaveLength(setups.length);
    for (const { architecture } of other) {
      expect(architecture.input.channels).toBe(3);
      expect(classCount(architecture)).toBe(37);
    }
  });
});

describe("what the tour says without counting", () => {
  it.each([
    ["alexnet", 0.9],
    ["vgg11", 0.9],
  ])("%s has most of its parameters in fully connected layers", (name, share) => {
    const { layers, parameters } = summarize(builtinArchitecture(name));
    const connected = layers.filter(({ kind }) => kind === "linear");
    expect(connected.reduce((sum, layer) => sum + layer.parameters, 0) / parameters).toBeGreaterThan(share);
    expect(connected.map(({ outputShape }) => outputShape[1])).toEqual([4096, 4096, 10]);
  });

  it("a 3x3 convolution has nine times the weights of a 1x1 one", () => {
    const weights = (id: string) => {
      const { parameters } = at(inferLayers(setup(id)), 2);
      return at(parameters, 0).shape.reduce((a, b) => a * b, 1);
    };
    expect(weights("3x3-instead-of-1x1:1")).toBe(9 * weights("3x3-instead-of-1x1:0"));
  });
});

describe("networkFacts", () => {
  it("counts the tutorial's network", () => {
    const facts = networkFacts(builtinArchitecture("nin"));
    expect(facts.block).toEqual({
      name: "net.0",
      convolutions: [
        {
          name: "net.0.0",
          kernel: "11×11",
          isPointwise: false,
          inChannels: 1,
          outChannels: 96,
          parameters: 11_712,
        },
        {
          name: "net.0.2",
          kernel: "1×1",
          isPointwise: true,
          inChannels: 96,
          outChannels: 96,
          parameters: 9312,
        },
        {
          name: "net.0.4",
          kernel: "1×1",
          isPointwise: true,
          inChannels: 96,
          outChannels: 96,
          parameters: 9312,
        },
      ],
    });
    expect(facts.pointwise.count).toBe(8);
    expect(facts.pools).toEqual(["net.1", "net.3", "net.5"]);
    // The whole network of results/ with AlexNet's head has 58,105,354 parameters.
    expect(facts.head).toEqual({
      block: "net.7",
      pool: "net.8",
      maps: [10, 5, 5],
      parameters: 34_790,
      wideParameters: 58_105_354 - (1_992_166 - 34_790),
    });
    expect(facts.shapes.map(({ shape }) => shape.join("x"))).toEqual([
      ...["1x224x224", "96x54x54", "96x26x26", "256x26x26", "256x12x12", "384x12x12", "384x5x5", "10x5x5"],
      ...["10x1x1", "10"],
    ]);
    expect(withWideHead(builtinArchitecture("nin"), 10)).toMatchObject({
      layers: ofStudy("nin-4096-4096").layers,
    });
  });

  it.each(["nin-mnist?mlpConvs=0", "alexnet", "nin-mnist?head=linear"])(
    "has nothing to say of what %s lacks",
    (name) => {
      const facts = networkFacts(builtinArchitecture(name));
      expect(facts.block === undefined).toBe(name !== "nin-mnist?head=linear");
      expect(facts.head === undefined).toBe(name !== "nin-mnist?mlpConvs=0");
    },
  );
});
