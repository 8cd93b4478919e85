// A child process of the tests: holds the case in the JSON file that the first argument names to the
// oracle on WebGPU (a process has one adapter), with the runtime's profiles next to it. Prints one line
// of JSON: how it ended.
import { readFile } from "node:fs/promises";
import { compareGradients, compareRun, runCase } from "@nin/conformance";
import { prepareSoftwareAdapter } from "@nin/vulkan-driver";
import { createOnnxRuntimeBackend } from "../../dist/index.js";
import { nodeDevices } from "../../dist/node.js";

const { profilePrefix, otherTrain, leastMargin, ...json } = JSON.parse(
  await readFile(process.argv[2], "utf8"),
);
const steps = json.steps.map(({ learningRate, ...batch }) => ({ batch: batchOf(batch), learningRate }));
const [{ batch: first }] = steps;
const plan = { ...json, parameters: tensors(json.parameters), steps, probe: first };

/** The run of the plan, and what it has no need of: gradients, another optimizer. */
const entry = {
  id: "step/every-kind/on-webgpu",
  plan: "losses, gradients, updates and scores are the oracle's",
  source: "oracle",
  quick: true,
  run: async (context) => {
    const oracle = await context.oracle(plan.architecture, plan.compile);
    const model = await context.compile(plan.architecture, plan.compile);
    for (const each of [oracle, model]) await each.writeParameters(plan.parameters);
    const { smallest } = await oracle.margin(first);
    if (smallest < leastMargin) throw new Error(`the batch is ${smallest} from a kink: choose another seed`);
    await compareGradients(model, oracle, first);
    await compareRun(context, plan);
    await trainOtherwise(model);
  },
};

/** Its placement matters, not its numbers. */
async function trainOtherwise(model) {
  const session = await model.train(otherTrain);
  await session.step(first, { learningRate: 0.01 });
  const { losses } = await session.metrics();
  if (!(losses.length === 1 && losses[0] > 0)) throw new Error(`one loss was expected, not ${losses}`);
}

await prepareSoftwareAdapter();
const source = nodeDevices();
const backend = createOnnxRuntimeBackend({
  ...source,
  start: (options) => source.start({ ...options, profilePrefix }),
});
process.stdout.write(JSON.stringify(await runCase(entry, backend, { device: "webgpu" })));

function batchOf({ images, labels }) {
  return { images: Uint8Array.from(images), labels: Uint8Array.from(labels) };
}

function tensors(plain) {
  return new Map(plain.map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
}
