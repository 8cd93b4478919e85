import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtinArchitecture } from "../../../../packages/spec/dist/index.js";
import { engineParts } from "../../comparison/engine-parts.mjs";
import { profiledKernels, strayKernels } from "../../comparison/profile.mjs";
import { heParameters, randomBatch, randomTensor } from "../../comparison/random-case.mjs";

const MODELS = ["nin", "nin-mnist", "nin-cifar10"];
const PROVIDERS = {
  cpu: "CPUExecutionProvider",
  cuda: "CUDAExecutionProvider",
};
/** Images of a micro-batch: a prime that is no factor of any other extent. */
const IMAGES = 17;
/** Two micro-batches, the second one not full. */
const COUNT = 20;
const OPTIMIZERS = [
  { kind: "sgd", learningRate: 0.01, momentum: 0.9, weightDecay: 0.01 },
  { kind: "adamw", learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
];

/** Where did every kernel run? From ONNX Runtime's profile of every kind of program, from floats and from bytes. */
export async function run({ device, threads }, say) {
  const models = [];
  for (const name of MODELS) {
    models.push(await placementOf(name, device, threads));
    say({ passed: false, models });
  }
  return { passed: models.every(({ passed }) => passed), models };
}

async function placementOf(name, device, threads) {
  const folder = await mkdtemp(join(tmpdir(), "nin-placement-"));
  try {
    const programs = programsOf(builtinArchitecture(name));
    for (const [at, program] of programs.entries()) {
      // Each its own prefix: the runtime adds no more than the second to a file's name.
      await program({ device, threads, profilePrefix: join(folder, `${at}`) });
    }
    const { profiles, kernels } = await profiledKernels(folder);
    const elsewhere = strayKernels(kernels, PROVIDERS[device], IMAGES);
    const onDevice = kernels.filter(({ provider }) => provider === PROVIDERS[device]).length;
    const complete = profiles === programs.length && onDevice > 0;
    const passed = complete && elsewhere.every(({ hasBatch }) => !hasBatch);
    return { model: name, passed, programs: profiles, kernels: kernels.length, onDevice, elsewhere };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Functions that run one program each, with the settings they are given. */
function programsOf(architecture) {
  const { channels } = architecture.input;
  const images = { channels, height: 28, width: 28, preprocessing: { mean: 0.3, std: 0.4 } };
  const { input, labels } = randomBatch(architecture, COUNT, 2);
  const bytes = randomTensor([COUNT, channels, 28, 28], 3).data;
  const batches = [
    { kind: "input", count: COUNT, images: input.data },
    { kind: "images", count: COUNT, images: Uint8Array.from(bytes, (value) => 128 * (value + 1)) },
  ];
  const options = { architecture, maxBatch: COUNT, microBatch: IMAGES, images };
  const parameters = heParameters(architecture, 1);
  const uses = batches.flatMap((batch) => [
    ({ inference, feeds }) => inference.predict(batch, feeds),
    ({ inference, feeds }) => inference.activations(batch, feeds),
    ({ inference, feeds }) => inference.gradients(batch, labels, feeds),
    ...OPTIMIZERS.map(
      (optimizer) =>
        ({ trainer }) =>
          trainer(optimizer).train(batch, labels, optimizer.learningRate),
    ),
  ]);
  return uses.map((use) => async (settings) => {
    const parts = engineParts(settings, { ...options, parameters });
    await use(parts);
    await parts.release();
  });
}
