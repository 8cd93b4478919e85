import { exportOnnx, OnnxModelError, readOnnxWeights } from "@nin/backend-onnxruntime/export";
import { builtinArchitecture, modelMetadata } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../graph/graph-builder.js";
import { modelType } from "../testing/decode-model.js";
import { heParameters } from "../testing/random-case.js";

const architecture = builtinArchitecture("nin-mnist?classes=2");
const description = {
  classNames: ["a", "b"],
  preprocessing: { mean: 0, std: 0.5 },
  image: architecture.input,
};

describe("readOnnxWeights", () => {
  test.each([true, false] as const)(
    "gives back what exportOnnx wrote, with preprocessing: %s",
    (withPreprocessing) => {
      const parameters = heParameters(architecture, 1);
      const bytes = exportOnnx(architecture, parameters, { description, withPreprocessing });
      const { tensors, metadata } = readOnnxWeights(bytes);
      expect(metadata).toEqual(modelMetadata({ architecture, ...description }));
      for (const [name, { shape, data }] of parameters) {
        const tensor = tensors.get(name);
        expect([tensor?.dtype, tensor?.shape]).toEqual(["F32", shape]);
        expect(new Float32Array(Uint8Array.from(tensor?.bytes ?? []).buffer)).toEqual(
          Float32Array.from(data),
        );
      }
    },
  );

  test("passes over constants of other types", () => {
    const graph = new GraphBuilder({ fusedMatMul: false });
    graph.constant(BigInt64Array.of(1n), [1], "count");
    graph.constant(Float32Array.of(1, 2), [2, 1], "weight");
    const { tensors } = readOnnxWeights(graph.toModel("x"));
    expect([...tensors.keys()]).toEqual(["weight"]);
  });

  test.each<[string, object, string]>([
    ["with too few bytes", { rawData: new Uint8Array(3) }, "tensor w: [2] takes 8 bytes, got 3"],
    ["with a negative extent", { dims: [-1], rawData: new Uint8Array(4) }, "tensor w: [-1] takes -4 bytes"],
  ])("refuses a tensor %s", (_, changes, message) => {
    const initializer = [{ dims: [2], dataType: 1, name: "w", rawData: new Uint8Array(8), ...changes }];
    const bytes = modelType.encode(modelType.fromObject({ graph: { initializer } })).finish();
    expect(() => readOnnxWeights(bytes, "m.onnx")).toThrow(`m.onnx: ${message}`);
  });

  test("refuses weights in a file of their own", () => {
    // TensorProto: dims 1, dataType FLOAT, name "w", data_location EXTERNAL.
    const tensor = [0x08, 1, 0x10, 1, 0x42, 1, 0x77, 0x70, 1];
    const graph = [0x2a, tensor.length, ...tensor];
    const bytes = Uint8Array.from([0x3a, graph.length, ...graph]);
    expect(() => readOnnxWeights(bytes)).toThrow("tensor w is in a file of its own: save the model with");
  });

  test("refuses what is no model, in one line", () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(8, 8), new Uint8Array(99).fill(255)]) {
      expect(() => readOnnxWeights(bytes, "m.onnx")).toThrow(/^m\.onnx: expected an? (?:whole )?ONNX model/);
    }
    const whole = exportOnnx(architecture, heParameters(architecture, 1), { description });
    for (let length = 1; length < whole.length; length += 19_997) {
      try {
        readOnnxWeights(whole.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(OnnxModelError);
      }
    }
  });
});
