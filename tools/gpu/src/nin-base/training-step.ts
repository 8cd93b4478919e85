import { gradientsProgram } from "../../../packages/backend-onnxruntime/dist/programs/gradients.js";
import { trainProgram } from "../../../packages/backend-onnxruntime/dist/programs/train.js";
import { weightedTargets } from "../../../packages/backend-onnxruntime/dist/runtime/batch-feeds.js";
import { DEVICE_TRAITS } from "../../../packages/backend-onnxruntime/dist/runtime/device-traits.js";
import {
  fromGraphLayout,
  toGraphLayout,
} from "../../../packages/backend-onnxruntime/dist/runtime/parameter-layout.js";
import { createSession } from "../../../packages/backend-onnxruntime/dist/runtime/session-factory.js";
import { Tensor } from "../../../packages/backend-onnxruntime/node_modules/onnxruntime-node/dist/index.js";
import {
  hashParameters,
  hashUniform,
} from "../../../packages/conformance/dist/pytorch/nin-base/hash-parameters.js";
import { namedParameters } from "../../../packages/spec/dist/index.js";
import { gradientQuantities, lossQuantity } from "./quantities.mjs";

const OPTIMIZER = { kind: "sgd", learningRate: 0.05, momentum: 0, weightDecay: 0 };
const DROPOUT = { position: 6, units: [384, 5, 5], rate: 0.5 };

/**
 * A training step with the fixture's own dropout mask, which the contract cannot be given: the
 * backend's programs are run as its worker runs them.
 */
export async function trainingStepQuantities(architecture, source, { images, labels }, run, settings) {
  const written = {
    dialect: DEVICE_TRAITS[settings.device].dialect,
    source,
    images: 2,
    dropoutMasks: new Map([[DROPOUT.position, [5, 5, 2, 384]]]),
  };
  const feeds = {
    ...parameterFeeds(architecture, run.seed),
    images: new Tensor("uint8", images, [1, 2, source.channels, source.height, source.width]),
    targets: new Tensor("float32", weightedTargets(labels, 2, 10, 2), [1, 2, 10]),
    ...maskFeed(run.seed),
  };
  const names = namedParameters(architecture).map(({ name }) => name);

  const gradients = await createSession(gradientsProgram(architecture, written), settings);
  const before = await gradients.run(feeds);
  const train = await createSession(
    trainProgram(architecture, { ...written, optimizer: OPTIMIZER }),
    settings,
  );
  const rate = { learningRate: new Tensor("float32", Float32Array.of(OPTIMIZER.learningRate), []) };
  const stepped = await train.run({ ...feeds, ...rate });
  const next = Object.fromEntries(names.map((name) => [name, stepped[`next.${name}`]]));
  const after = await gradients.run({ ...feeds, ...next });
  for (const session of [gradients, train]) await session.release();

  const lossOf = (results) => results.loss.data[0];
  return [
    lossQuantity("loss with dropout", lossOf(before), run.loss),
    ...gradientQuantities(architecture, gradientsOf(before, names), run, "gradient with dropout"),
    lossQuantity("loss of the training step", lossOf(stepped), run.loss),
    lossQuantity("loss after the step", lossOf(after), run["loss_after_one_sgd_step_lr0.05"]),
  ];
}

function parameterFeeds(architecture, seed) {
  return Object.fromEntries(
    [...hashParameters(architecture, seed)].map(([name, tensor]) => {
      const { shape, data } = toGraphLayout(tensor);
      return [name, new Tensor("float32", data, shape)];
    }),
  );
}

function gradientsOf(results, names) {
  return new Map(
    names.map((name) => {
      const { dims, data } = results[`gradient.${name}`];
      return [name, fromGraphLayout({ shape: dims, data })];
    }),
  );
}

/** The fixture numbers units in NCHW; the graph has them as [height, width, images, channels]. */
function maskFeed(seed) {
  const [channels, height, width] = DROPOUT.units;
  const pixels = height * width;
  const mask = new Uint8Array(2 * channels * pixels);
  for (let i = 0; i < mask.length; i += 1) {
    const pixel = i % pixels;
    const channel = Math.floor(i / pixels) % channels;
    const image = Math.floor(i / (channels * pixels));
    mask[(pixel * 2 + image) * channels + channel] = hashUniform(seed, 1000, i) >= DROPOUT.rate ? 1 : 0;
  }
  return { [`mask.${DROPOUT.position}`]: new Tensor("uint8", mask, [1, height, width, 2, channels]) };
}
