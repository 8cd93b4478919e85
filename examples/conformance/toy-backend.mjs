import { checkCompileOptions, modelOf, UnsupportedError } from "@nin/backend";
import { inferLayers } from "@nin/spec";
import { elementCount, forward, nested, shapeOf, tensorOf } from "./toy-layers.mjs";

/** A whole backend in one file: it predicts, in plain loops. What it does not do it refuses. */
export function createToyBackend() {
  return {
    id: "toy",
    devices: async () => [{ id: "cpu", name: "plain loops", available: true }],
    versions: async () => ({}),
    async compile(architecture, options = {}) {
      checkCompileOptions(architecture, options, { backend: "toy", devices: ["cpu"] });
      if (options.imageFormat !== undefined) throw unsupported("an image format");
      return modelOf(new ToyEngine(architecture), { backend: "toy", architecture, options });
    },
  };
}

/**
 * The part that differs from backend to backend. Queues, checks, disposal and sessions are those of `modelOf`.
 *
 * @implements {import("@nin/backend").Engine}
 */
class ToyEngine {
  #input;
  #layers;
  /** Tensors by name, zeros until they are written. */
  #parameters = new Map();

  constructor(architecture) {
    this.#input = architecture.input;
    this.#layers = inferLayers(architecture);
    for (const { name, shape } of this.#layers.flatMap(({ parameters }) => parameters)) {
      this.#parameters.set(name, { shape, data: new Float32Array(elementCount(shape)) });
    }
  }

  /** The shapes of what comes out of each layer when a black image goes in. */
  realize() {
    const { channels, height, width } = this.#input;
    const shape = [1, channels, height, width];
    const black = { shape, data: new Float32Array(elementCount(shape)) };
    return [...this.#run(black)].map(([layer, images]) => ({
      name: layer.name,
      outputShape: shapeOf(images),
      parameters: new Map(layer.parameters.map(({ name }) => [name, this.#parameters.get(name).shape])),
    }));
  }

  readParameters() {
    return structuredClone(this.#parameters);
  }

  writeParameters(given) {
    for (const [name, { data }] of given) this.#parameters.get(name).data.set(data);
  }

  predict({ input }) {
    const [, scores] = [...this.#run(input)].at(-1);
    return tensorOf(scores);
  }

  activations({ input }) {
    const outputs = new Map();
    // The layers of a block have one index: the last one's output stays.
    for (const [layer, images] of this.#run(input)) outputs.set(`net.${layer.layerIndex}`, tensorOf(images));
    return outputs;
  }

  gradients() {
    throw unsupported("the gradient of a loss");
  }

  openSession() {
    throw unsupported("training");
  }

  dispose() {}

  /** Each layer with what it makes of a batch, one after another. */
  *#run(input) {
    let images = nested(input);
    for (const placed of this.#layers) {
      const { layer, parameters } = placed;
      const own = parameters.map(({ name }) => nested(this.#parameters.get(name)));
      images = images.map((image) => forward[layer.kind](layer, image, ...own));
      yield [placed, images];
    }
  }
}

function unsupported(what) {
  return new UnsupportedError("toy", what, "predictions from inputs");
}
