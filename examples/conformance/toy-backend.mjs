import { checkBatch, checkParameters, DisposedError, UnsupportedError } from "@nin/backend";
import { inferLayers } from "@nin/spec";
import { kinds, nestedOf, rowsOf, shapeOf, shapesOf, tensorOf, zeros } from "./toy-layers.mjs";

const unsupported = (what) => new UnsupportedError("toy", what, "predictions of float32 inputs on cpu");

/** Predicts in plain loops; what else it is asked for it refuses. */
export const createToyBackend = () => ({
  id: "toy",
  devices: async () => [{ id: "cpu", name: "plain loops", available: true }],
  versions: async () => ({}),
  async compile(architecture, { device = "cpu", precision = "f32", maxBatch = 128, imageFormat } = {}) {
    if (device !== "cpu" || precision !== "f32") throw unsupported(`${precision} on ${device}`);
    if (!(Number.isInteger(maxBatch) && maxBatch > 0)) throw unsupported(`maxBatch ${maxBatch}`);
    if (imageFormat !== undefined) throw unsupported("an image format");
    return createModel(architecture, maxBatch);
  },
});

function createModel(architecture, maxBatch) {
  const { channels, height, width } = architecture.input;
  const weights = new Map();
  let [isOpen, images] = [true, nestedOf(zeros([1, channels, height, width]))];
  const parts = inferLayers(architecture).map(({ name, layerIndex, layer, parameters }) => {
    const own = parameters.map((parameter) => [parameter.name, zeros(parameter.shape)]);
    for (const [key, tensor] of own) weights.set(key, tensor);
    const run = (given) => given.map((image) => kinds[layer.kind](layer, image, ...new Map(own).values()));
    images = run(images);
    return {
      name,
      kind: layer.kind,
      layerIndex,
      run,
      outputShape: shapeOf(images),
      parameters: shapesOf(own),
    };
  });
  const layers = architecture.layers.map(({ kind }, layerIndex) => {
    const inner = parts.filter((part) => part.layerIndex === layerIndex);
    const parameters = new Map(inner.flatMap((part) => [...part.parameters]));
    const entry = { ...inner.at(-1), name: `net.${layerIndex}`, kind, parameters };
    return kind === "ninBlock" ? { ...entry, inner } : entry;
  });
  const whileOpen = (work) => async (given) => {
    if (isOpen) return work(given);
    throw new DisposedError("toy: the model");
  };
  const forward = (batch) => {
    checkBatch(batch, { inputShape: [channels, height, width], maxBatch });
    const outputs = [nestedOf(batch.input)];
    for (const { run } of parts) outputs.push(run(outputs.at(-1)));
    return new Map(parts.map(({ layerIndex }, at) => [`net.${layerIndex}`, tensorOf(outputs[at + 1])]));
  };
  const train = whileOpen(() => Promise.reject(unsupported("training")));
  const writeParameters = whileOpen((given) => {
    checkParameters(given, shapesOf(weights));
    for (const [name, { data }] of given) weights.get(name).data.set(data);
  });
  const readParameters = whileOpen(() => structuredClone(weights));
  const activations = whileOpen(forward);
  const predict = whileOpen((batch) => rowsOf([...forward(batch).values()].at(-1)));
  const dispose = async () => {
    isOpen = false;
  };
  const whole = { layers, readParameters, writeParameters, activations, predict, gradients: train, train };
  return { ...whole, dispose, [Symbol.asyncDispose]: dispose };
}
