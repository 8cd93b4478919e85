import { hashParameters } from "../../../../packages/conformance/dist/pytorch/nin-base/hash-parameters.js";
import { builtinArchitecture, inferLayers } from "../../../../packages/spec/dist/index.js";
import { loadBackend } from "../../../measure/backends.mjs";
import { verdictOf } from "../../comparison/verdict.mjs";
import { firstTestImages, readNinBase } from "../../nin-base/fixture.mjs";
import {
  gradientQuantities,
  lossQuantity,
  outputQuantities,
  scoresQuantity,
} from "../../nin-base/quantities.mjs";
import { trainingStepQuantities } from "../../nin-base/training-step.mjs";

const FASHION = { channels: 1, height: 28, width: 28, preprocessing: { mean: 0, std: 1 } };

/**
 * The tutorial's network beside PyTorch float64: scores, every layer's output, loss and gradients
 * through the contract, and a training step with the fixture's dropout mask.
 */
export async function run({ device, threads, data }) {
  const batch = firstTestImages(data, 2);
  if (batch === undefined) return { skipped: `no Fashion-MNIST test images in ${data}` };
  const { withoutDropout, hashDropout } = readNinBase();
  const nin = builtinArchitecture("nin");
  const backend = await loadBackend("onnxruntime");
  const options = { device, threads, maxBatch: 2, imageFormat: FASHION };
  return verdictOf([
    ...(await modelQuantities(backend, nin, batch, withoutDropout, options)),
    ...(await layerQuantities(backend, expandBlocks(nin), batch, withoutDropout, options)),
    ...(await trainingStepQuantities(nin, FASHION, batch, hashDropout, { device, threads })),
  ]);
}

async function modelQuantities(backend, architecture, batch, expected, options) {
  const model = await backend.compile(architecture, options);
  await model.writeParameters(hashParameters(architecture, expected.seed));
  const scores = await model.predict(batch);
  const { loss, gradients } = await model.gradients(batch);
  await model.dispose();
  return [
    scoresQuantity(scores, expected),
    lossQuantity("loss", loss, expected.loss),
    ...gradientQuantities(architecture, gradients, expected, "gradient"),
  ];
}

async function layerQuantities(backend, architecture, batch, expected, options) {
  const model = await backend.compile(architecture, options);
  await model.writeParameters(hashParameters(architecture, expected.seed));
  const outputs = [...(await model.activations(batch)).values()];
  await model.dispose();
  const afterRelu = outputs.filter((_, at) => architecture.layers[at].kind !== "conv2d");
  return outputQuantities(afterRelu, expected);
}

/** The network with its blocks written out: an entry, and so an output, for each convolution and ReLU. */
function expandBlocks(architecture) {
  return { ...architecture, layers: inferLayers(architecture).map(({ layer }) => layer) };
}
