import type { ComponentChildren } from "preact";
import { exactCount, shapeText } from "../diagram/index.js";
import type { NetworkFacts } from "./network-facts.js";
import { WIDE_UNITS } from "./variants.js";

/** How far the training is, as the playground knows it. */
export interface TourTraining {
  readonly isRunning: boolean;
  readonly step: number;
  readonly loss?: number | undefined;
  /** From 0 to 1. */
  readonly testAccuracy?: number | undefined;
}

/** Something that the reader can do in a step. */
export type TourAction =
  | { readonly kind: "look"; readonly text: string; readonly layer: string }
  | { readonly kind: "setup"; readonly text: string; readonly setup: string }
  | { readonly kind: "train"; readonly text: string };

/** One step of the tour, about the network that is in the playground. */
export interface TourStep {
  readonly title: string;
  readonly body: ComponentChildren;
  /** Layers that the diagram points at. */
  readonly highlighted: readonly string[];
  readonly actions: readonly TourAction[];
}

/** The network that shows everything the tour speaks of. */
export const WHOLE_NIN = "1x1-convolutions:0";
const BACK_TO_NIN: TourAction = { kind: "setup", text: "Put NiN in", setup: WHOLE_NIN };

/** The tour's five steps. */
export function tourSteps(facts: NetworkFacts, training: TourTraining | undefined): readonly TourStep[] {
  return [
    blockStep(facts),
    pointwiseStep(facts),
    averageStep(facts),
    shapesStep(facts),
    trainingStep(facts, training),
  ];
}

function blockStep({ block }: NetworkFacts): TourStep {
  const idea = (
    <p>
      A convolution lays linear filters over every place of an image. A <strong>NiN block</strong> lays a
      small network over it instead: a convolution with a window, then convolutions of 1&times;1, each
      followed by a ReLU. Hence the name: network in network.
    </p>
  );
  if (block === undefined)
    return {
      title: "A NiN block",
      body: (
        <>
          {idea}
          <p>This network has no block with 1&times;1 convolutions.</p>
        </>
      ),
      highlighted: [],
      actions: [BACK_TO_NIN],
    };
  const [first, ...rest] = block.convolutions;
  return {
    title: "A NiN block",
    body: (
      <>
        {idea}
        <p>
          Here <code>{block.name}</code> has a {first?.kernel} convolution to {first?.outChannels} channels,
          and behind it{" "}
          {rest.map(({ kernel, outChannels }) => `one of ${kernel} to ${outChannels}`).join(" and ")}.
        </p>
      </>
    ),
    highlighted: block.convolutions.map(({ name }) => name),
    actions: [{ kind: "look", text: "See what it makes of an image", layer: block.name }],
  };
}

function pointwiseStep({ block, pointwise, parameters }: NetworkFacts): TourStep {
  const found = block?.convolutions.find(({ isPointwise }) => isPointwise);
  const idea = (
    <p>
      A 1&times;1 convolution sees one place at a time. It mixes the channels there as a fully connected layer
      would, with the same weights at every place. So a block becomes nonlinear in its window at little cost.
    </p>
  );
  const try3x3: TourAction = { kind: "setup", text: "Try 3×3 in their place", setup: "3x3-instead-of-1x1:1" };
  if (block === undefined || found === undefined)
    return {
      title: "1×1 convolutions",
      body: (
        <>
          {idea}
          <p>The blocks of this network have none.</p>
        </>
      ),
      highlighted: [],
      actions: [BACK_TO_NIN],
    };
  const { name, inChannels, outChannels } = found;
  const share = Math.round((100 * pointwise.parameters) / parameters);
  return {
    title: "1×1 convolutions",
    body: (
      <>
        {idea}
        <p>
          <code>{name}</code> makes {outChannels} channels of {inChannels}, with {inChannels} &times;{" "}
          {outChannels} weights and {outChannels} biases: {exactCount(found.parameters)} parameters. All{" "}
          {pointwise.count} of the network together have {share}% of its parameters.
        </p>
      </>
    ),
    highlighted: block.convolutions.filter(({ isPointwise }) => isPointwise).map((each) => each.name),
    actions: [{ kind: "setup", text: "Take them away", setup: "1x1-convolutions:1" }, try3x3],
  };
}

function averageStep({ head, classes }: NetworkFacts): TourStep {
  const idea = (
    <p>
      AlexNet and VGG end in fully connected layers of {exactCount(WIDE_UNITS)} units, which have most of
      their parameters. NiN has none: its last block gives one map for each class, and{" "}
      <strong>global average pooling</strong> takes each map&rsquo;s mean as the score of its class.
    </p>
  );
  if (head === undefined)
    return {
      title: "Averages instead of 4,096 units",
      body: (
        <>
          {idea}
          <p>This network ends otherwise.</p>
        </>
      ),
      highlighted: [],
      actions: [BACK_TO_NIN],
    };
  const times = head.wideParameters / head.parameters;
  return {
    title: "Averages instead of 4,096 units",
    body: (
      <>
        {idea}
        <p>
          Here <code>{head.block}</code> gives {classes} maps of {shapeText(head.maps.slice(1))}, with{" "}
          {exactCount(head.parameters)} parameters; the average has none. AlexNet&rsquo;s head in its place
          would have {exactCount(head.wideParameters)}, {times < 10 ? times.toFixed(1) : Math.round(times)}{" "}
          times as many. And since a score is nothing but the mean of a map, the map shows where the evidence
          for its class is.
        </p>
      </>
    ),
    highlighted: [head.block, head.pool],
    actions: [
      { kind: "look", text: "See the maps of the classes", layer: head.block },
      { kind: "setup", text: "Try a linear layer instead", setup: "global-average-pooling:1" },
    ],
  };
}

function shapesStep({ shapes, pools }: NetworkFacts): TourStep {
  return {
    title: "The shapes of all layers",
    body: (
      <>
        <p>
          Windows that move by more than one place, of pools above all, make the maps smaller on the way, so
          that a place of a late map has seen much of the image. Each line is [channels &times; height &times;
          width], where the shape changes:
        </p>
        <table class="tour-shapes">
          <caption class="visually-hidden">Shapes in the network</caption>
          <tbody>
            {shapes.slice(0, MOST_SHAPES).map(({ name, kind, shape }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{KIND_NAMES[kind] ?? kind}</td>
                <td>{shapeText(shape)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </>
    ),
    highlighted: pools,
    actions: [{ kind: "setup", text: "Show the tutorial’s network, 224×224", setup: "resources:3" }],
  };
}

/** A longer table would be no step of a tour. */
const MOST_SHAPES = 40;

const KIND_NAMES: Readonly<Record<string, string>> = {
  input: "the image",
  ninBlock: "NiN block",
  conv2d: "convolution",
  maxPool2d: "max pooling",
  avgPool2d: "average pooling",
  globalAvgPool2d: "global average",
  flatten: "flatten",
  linear: "fully connected",
};

function trainingStep({ parameters, classes }: NetworkFacts, training: TourTraining | undefined): TourStep {
  const chance = Math.log(classes).toFixed(2);
  return {
    title: "Training",
    body: (
      <>
        <p>
          Each step shows the network a batch of images and moves its {exactCount(parameters)} parameters a
          little, so that the true classes get higher scores. Whoever gives all {classes} classes the same
          probability has a loss of ln {classes} = {chance}: below that, the network knows something of the
          images.
        </p>
        <p role="status">{progressText(training)}</p>
      </>
    ),
    highlighted: [],
    actions: [{ kind: "train", text: training?.isRunning === true ? "Training" : "Train" }],
  };
}

/** Where the training is, in a sentence; empty before it has begun. */
export function progressText(training: TourTraining | undefined): string {
  if (training === undefined || training.step === 0) return "";
  const { step, loss, testAccuracy } = training;
  const accuracy =
    testAccuracy === undefined ? "" : `, ${(100 * testAccuracy).toFixed(1)}% of the test images right`;
  return `After ${exactCount(step)} ${step === 1 ? "step" : "steps"}${loss === undefined ? "" : `: loss ${loss.toFixed(3)}`}${accuracy}.`;
}
