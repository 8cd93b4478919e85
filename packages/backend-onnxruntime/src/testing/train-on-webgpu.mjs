// A child process of the tests: runs the case in the JSON file that the first argument names on
// WebGPU (a process has one adapter), with the runtime's profiles beside it. Prints one line of JSON.
import { readFile } from "node:fs/promises";
import { prepareSoftwareAdapter } from "@nin/software-adapter";
import { engineOptions } from "../../dist/compile-options.js";
import { compileModel } from "../../dist/model.js";

const { architecture, images, maxBatch, train, otherTrain, parameters, steps, profilePrefix } = JSON.parse(
  await readFile(process.argv[2], "utf8"),
);
const adapter = await prepareSoftwareAdapter();
const options = engineOptions(architecture, { device: "webgpu", maxBatch, images });
const model = await compileModel({ ...options, profilePrefix });
await model.writeParameters(tensors(parameters));

const [first] = steps.map(batchOf);
const { loss, gradients } = await model.gradients(first);
const session = await model.train(train);
for (const step of steps) await session.step(batchOf(step), { learningRate: step.learningRate });
const { losses } = await session.metrics();
const state = await session.readState();
const logits = await model.predict(first);
await session.dispose();

// Its placement matters, not its numbers.
const other = await model.train(otherTrain);
await other.step(first, { learningRate: 0.01 });
const { losses: otherLosses } = await other.metrics();
await model.dispose();
process.stdout.write(
  JSON.stringify({
    adapter: adapter.kind,
    loss,
    gradients: plain(gradients),
    losses,
    otherLosses,
    parameters: plain(state.parameters),
    logits: { shape: logits.shape, data: [...logits.data] },
  }),
);

function batchOf({ images, labels }) {
  return { images: Uint8Array.from(images), labels: Uint8Array.from(labels) };
}

function tensors(plainTensors) {
  return new Map(
    plainTensors.map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
}

function plain(parameters) {
  return [...parameters].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]);
}
