import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { softmaxCrossEntropy } from "./loss.js";
import { backwardPass, forwardPass, realizeNetwork, type TrainingStep } from "./network.js";
import { stepOptimizer } from "./optimizer/optimizer.js";
import { preprocess } from "./preprocess.js";
import { tutorialNin } from "./testing/architectures.js";
import { firstTestImages } from "./testing/fashion-mnist.js";
import { hashDropoutMask, hashUniform, writeHashParameters } from "./testing/hash-generator.js";
import { expectClose, expectStatistics, type Statistics } from "./testing/statistics.js";

/** PyTorch's float64 results for the tutorial's network on two images. */
interface Run {
  readonly seed: number;
  readonly labels: readonly number[];
  readonly logits: readonly (readonly number[])[];
  readonly loss: number;
  readonly grad_global_l2: number;
  readonly layer_outputs_post_relu: readonly ({ readonly name: string } & Statistics)[];
  readonly grads: readonly { readonly layer: string; readonly dW: Statistics; readonly db: Statistics }[];
  readonly "loss_after_one_sgd_step_lr0.05": number;
}

interface Fixture {
  readonly u01Samples: readonly number[];
  readonly withoutDropout: Run;
  readonly hashDropout: Run;
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/nin-base.json", import.meta.url), "utf8"),
);
const FASHION = { channels: 1, height: 28, width: 28, preprocessing: { mean: 0, std: 1 } };
const SGD = { kind: "sgd", learningRate: 0.05, momentum: 0, weightDecay: 0 } as const;
/** Full-size networks on a busy two-core machine. */
const TIMEOUT_MS = 120_000;

test("the hash generator gives the fixture's samples", () => {
  const samples = fixture.u01Samples.map((_, i) => hashUniform(2, 0, i));
  expect(samples).toEqual(fixture.u01Samples);
});

test.for([
  ["without dropout", fixture.withoutDropout, false],
  ["with a hash-generated dropout mask", fixture.hashDropout, true],
] as const)(
  "the tutorial's network equals PyTorch float64 %s",
  { timeout: TIMEOUT_MS },
  ([, run, dropout], context) => {
    const { images, labels } = firstTestImages(context, 2);
    expect([...labels]).toEqual(run.labels);
    const architecture = tutorialNin();
    const network = realizeNetwork(architecture);
    writeHashParameters(network, run.seed);
    const input = preprocess(images, FASHION, architecture.input);
    const training: TrainingStep | undefined = dropout
      ? { seed: run.seed, step: 0, dropoutMask: hashDropoutMask }
      : undefined;

    const runs = [...forwardPass(network, input, training)];
    const afterRelu = runs.filter(({ placed }) => placed.layer.kind !== "conv2d");
    expect(afterRelu).toHaveLength(run.layer_outputs_post_relu.length);
    run.layer_outputs_post_relu.forEach((expected, i) => {
      expectStatistics(afterRelu[i]?.output ?? input, expected, expected.name);
    });
    const logits = runs.at(-1)?.output ?? input;
    run.logits.flat().forEach((expected, i) => {
      expectClose(logits.data[i] ?? Number.NaN, expected, 1, `logit ${i}`);
    });

    const loss = softmaxCrossEntropy(logits, labels);
    expectClose(loss.mean, run.loss);
    const gradients = backwardPass(runs, loss.gradient);
    const weighted = network.layers.filter(({ layer }) => layer.kind === "conv2d");
    run.grads.forEach(({ layer, dW, db }, j) => {
      const name = weighted[j]?.name;
      expectStatistics(gradients.get(`${name}.weight`) ?? input, dW, `${layer} weight`);
      expectStatistics(gradients.get(`${name}.bias`) ?? input, db, `${layer} bias`);
    });
    const squares = [...gradients.values()].flatMap(({ data }) => data.reduce((sum, g) => sum + g * g, 0));
    expectClose(Math.sqrt(squares.reduce((a, b) => a + b)), run.grad_global_l2);

    stepOptimizer(SGD, network.parameters, gradients, new Map(), { learningRate: 0.05, step: 0 });
    const after = [...forwardPass(network, input, training)].at(-1)?.output ?? input;
    expectClose(softmaxCrossEntropy(after, labels).mean, run["loss_after_one_sgd_step_lr0.05"]);
  },
);
