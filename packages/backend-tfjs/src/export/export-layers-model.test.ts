import { createReferenceBackend } from "@nin/backend-reference";
import {
  type Architecture,
  builtinArchitecture,
  initialParameters,
  modelMetadata,
  parseArchitecture,
  type Tensor,
} from "@nin/spec";
import type * as TensorFlowLayers from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";
import { openCpu } from "../devices/cpu.js";
import { fromUserLayout, toUserLayout } from "../operators/layout.js";
import type { DeviceTensor } from "../runtime/tensorflow.js";
import { exportLayersModel } from "./export-layers-model.js";
import { importLayersModel } from "./import-layers-model.js";
import type { LayersModel } from "./layers-model.js";

const INIT = { weight: "heUniform", bias: "uniformFanIn", overrides: {} } as const;

describe("a layers model", () => {
  it.each([
    ["nin-mnist", builtinArchitecture("nin-mnist")],
    [
      "convolutions with padding that is none of TensorFlow's",
      network({ kind: "conv2d", kernelSize: 4, padding: 2, stride: 3, outChannels: 5 }),
    ],
    ["an even kernel", network({ kind: "conv2d", kernelSize: 2, padding: 1, outChannels: 5 })],
    [
      "a padded pool after a ReLU",
      network({ kind: "relu" }, { kind: "maxPool2d", kernelSize: 2, stride: 2, padding: 1 }),
    ],
    [
      "a ceil pool of negative values",
      network(
        { kind: "conv2d", kernelSize: [2, 1], outChannels: 4 },
        { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
      ),
    ],
    ["a padded average pool", network({ kind: "avgPool2d", kernelSize: 3, stride: 2, padding: 1 })],
    [
      "flattened images, twice",
      network({ kind: "flatten" }, { kind: "flatten" }, { kind: "linear", outFeatures: 4, bias: false }),
    ],
    [
      "a global pool before a convolution",
      network({ kind: "globalAvgPool2d" }, { kind: "conv2d", kernelSize: 1, outChannels: 3 }),
    ],
  ])("is loaded by stock TensorFlow.js and predicts the same: %s", async (_name, architecture) => {
    const parameters = initialParameters(architecture, INIT, 3);
    const input = sampleInput(architecture, 2);
    const found = await predictedByStock(exportLayersModel(architecture, parameters), input);
    const oracle = await createReferenceBackend().compile(architecture, { maxBatch: 2 });
    await oracle.writeParameters(parameters);
    const expected = await oracle.predict({ input });
    await oracle.dispose();
    const flat = found.length === expected.data.length ? found : [];
    expect(flat.length).toBe(expected.data.length);
    const error = Math.hypot(...flat.map((value, at) => value - (expected.data[at] ?? 0)));
    expect(error / Math.hypot(...expected.data)).toBeLessThan(2e-5);
  });

  it("gives its parameters back, bit for bit", () => {
    const architecture = network(
      { kind: "ninBlock", outChannels: 5, kernelSize: [2, 3] },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 7 },
    );
    const parameters = initialParameters(architecture, INIT, 4);
    const { json, weights } = exportLayersModel(architecture, parameters);
    const returned = importLayersModel(json, weights);
    expect([...returned.keys()]).toEqual([...parameters.keys()]);
    for (const [name, tensor] of parameters) expect(returned.get(name), name).toEqual(tensor);
  });

  it("describes its network, which stock TensorFlow.js gives back", async () => {
    const architecture = builtinArchitecture("nin-mnist?classes=2");
    const description = {
      classNames: ["a", "b"],
      preprocessing: { mean: 0.25, std: 0.5 },
      image: architecture.input,
      version: "1.2.3",
    };
    const { json, weights } = exportLayersModel(
      architecture,
      initialParameters(architecture, INIT, 0),
      description,
    );
    const model = await loadedByStock({ json, weights });
    const metadata = new Map(Object.entries(model.getUserDefinedMetadata() as Record<string, string>));
    expect(metadata).toEqual(modelMetadata({ architecture, ...description }));
    expect(json.generatedBy).toBe("NiN 1.2.3");
  });

  it("is refused where stock layers lack the pool, or the parameters do not suit", () => {
    const padded = network({ kind: "maxPool2d", kernelSize: 2, stride: 2, padding: 1 });
    const parameters = initialParameters(padded, INIT, 0);
    expect(() => exportLayersModel(padded, parameters)).toThrow(
      "net.1 as a layer of TensorFlow.js is not supported",
    );
    expect(() => exportLayersModel(builtinArchitecture("nin-mnist"), parameters)).toThrow(
      "parameter net.0.weight",
    );
  });

  it("with fewer weights than it says is refused", () => {
    const architecture = builtinArchitecture("nin-mnist");
    const { json, weights } = exportLayersModel(architecture, initialParameters(architecture, INIT, 0));
    expect(() => importLayersModel(json, weights.subarray(4))).toThrow("expected 1398696 bytes");
  });
});

/** A convolution, whose values may be negative, then the layers in question. */
function network(...layers: readonly Readonly<Record<string, unknown>>[]): Architecture {
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "export",
    input: { channels: 2, height: 9, width: 8 },
    layers: [{ kind: "conv2d", kernelSize: 3, padding: 1, outChannels: 4 }, ...layers],
  });
}

function sampleInput({ input }: Architecture, batch: number): Tensor {
  const shape = [batch, input.channels, input.height, input.width];
  const length = shape.reduce((product, extent) => product * extent, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * 0.9) };
}

/** In the order of a flattened NCHW output. */
async function predictedByStock(exported: LayersModel, input: Tensor): Promise<readonly number[]> {
  const { tf } = await openCpu();
  const model = await loadedByStock(exported);
  const nhwc = fromUserLayout(tf, tf.tensor(input.data as Float32Array, [...input.shape]));
  const value = model.predict(nhwc) as DeviceTensor;
  return [...(await toUserLayout(tf, value).data())];
}

async function loadedByStock({ json, weights }: LayersModel): Promise<TensorFlowLayers.LayersModel> {
  await openCpu();
  const layers: typeof TensorFlowLayers = await import("@tensorflow/tfjs-layers");
  return layers.loadLayersModel({
    load: async () => ({
      modelTopology: json.modelTopology as object,
      ...(json.userDefinedMetadata && { userDefinedMetadata: json.userDefinedMetadata }),
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights) as never,
      weightData: weights.slice().buffer,
    }),
  });
}
