import { builtinArchitecture, parseArchitecture } from "@nin/spec";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { NetworkDiagram } from "../diagram/index.js";
import { ExerciseList } from "./exercise-list.js";
import { exercisesFor } from "./exercises.js";
import { GuidedTour } from "./guided-tour.js";
import { networkFacts } from "./network-facts.js";
import { progressText, type TourTraining, tourSteps } from "./tour-steps.js";

const nothing = (): void => undefined;

function stepText(model: string, step: number, training?: TourTraining): string {
  const given = {
    architecture: builtinArchitecture(model),
    onHighlight: nothing,
    onLook: nothing,
    onSetup: nothing,
  };
  const page = renderToString(h(GuidedTour, { ...given, step, training }));
  return page.replace(/<[^>]*>/g, "").replace(/\s+/g, " ");
}

describe("the tour's steps", () => {
  it.each([
    [
      "nin-mnist",
      0,
      "Here net.0 has a 5×5 convolution to 96 channels, and behind it one of 1×1 to 64 and one of 1×1 to 48.",
    ],
    ["alexnet", 0, "This network has no block with 1×1 convolutions."],
    [
      "nin-mnist",
      1,
      "net.0.2 makes 64 channels of 96, with 96 × 64 weights and 64 biases: 6,208 parameters. All 6 of the network together have 11% of its parameters.",
    ],
    ["nin-mnist?mlpKernelSize=3", 1, "The blocks of this network have none."],
    [
      "nin-mnist",
      2,
      "Here net.6 gives 10 maps of 7 × 7, with 167,082 parameters; the average has none. AlexNet’s head in its place would have 26,460,170, 158 times as many.",
    ],
    ["alexnet", 2, "This network ends otherwise."],
    ["nin", 3, "net.0NiN block96 × 54 × 54net.1max pooling96 × 26 × 26"],
    ["nin-mnist", 4, "moves its 349,674 parameters a little"],
    ["nin-mnist?classes=4", 4, "a loss of ln 4 = 1.39"],
  ])("of %s, %i", (model, step, text) => {
    expect(stepText(model, step)).toContain(text);
  });

  it("stay short for a network of very many layers", () => {
    const block = { kind: "ninBlock", outChannels: 2, kernelSize: 1, mlpChannels: [2] };
    const alternating = Array.from({ length: 300 }, (_, index) => ({
      ...block,
      mlpChannels: [2 + (index % 2)],
    }));
    const { name, format, version, input } = builtinArchitecture("nin-mnist");
    const architecture = parseArchitecture({
      name,
      format,
      version,
      input,
      layers: [...alternating, { kind: "globalAvgPool2d" }],
    });
    const given = { architecture, onHighlight: nothing, onLook: nothing, onSetup: nothing };
    const pages = [0, 3].map((step) => renderToString(h(GuidedTour, { ...given, step })));
    const diagram = renderToString(h(NetworkDiagram, { architecture }));
    for (const page of pages) expect(page.length).toBeLessThan(10_000);
    expect(diagram).toContain("of 301 layers are drawn");
  });

  it("point at layers of the network", () => {
    const highlighted = tourSteps(networkFacts(builtinArchitecture("nin-mnist")), undefined).map(
      (step) => step.highlighted,
    );
    expect(highlighted).toEqual([
      ["net.0.0", "net.0.2", "net.0.4"],
      ["net.0.2", "net.0.4"],
      ["net.6", "net.7"],
      ["net.1", "net.4"],
      [],
    ]);
  });

  it("offer setups that there are", () => {
    const ids = exercisesFor({ classes: 10, channels: 1 }).flatMap(({ setups }) =>
      setups.map(({ id }) => id),
    );
    for (const model of ["nin-mnist", "alexnet"])
      for (const { actions } of tourSteps(networkFacts(builtinArchitecture(model)), undefined))
        for (const action of actions) if (action.kind === "setup") expect(ids).toContain(action.setup);
  });

  it("say how far the training is", () => {
    expect(progressText(undefined)).toBe("");
    expect(progressText({ isRunning: true, step: 1 })).toBe("After 1 step.");
    const training = { isRunning: true, step: 1200, loss: 0.61234, testAccuracy: 0.8034 };
    expect(stepText("nin-mnist", 4, training)).toContain(
      "After 1,200 steps: loss 0.612, 80.3% of the test images right.",
    );
  });
});

it("the exercises mark the network that is there", () => {
  const architecture = builtinArchitecture("nin-mnist?mlpKernelSize=3");
  const page = renderToString(h(ExerciseList, { architecture, onSetup: nothing }));
  const pressed = page.split("<li").filter((item) => item.includes('aria-pressed="true"'));
  expect(pressed).toHaveLength(1);
  expect(pressed[0]).toContain("664,554 parameters");
});
