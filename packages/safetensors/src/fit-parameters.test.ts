import { builtinArchitecture, type NamedTensors, namedParameters, parseArchitecture } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { type FitOptions, fitParameters, ParameterFitError } from "./fit-parameters.js";
import { parseSafetensors, type StoredTensor } from "./parse.js";
import { serializeSafetensors } from "./serialize.js";

const layers = [
  { kind: "ninBlock", outChannels: 4, kernelSize: 3, mlpChannels: [4] },
  { kind: "flatten" },
  { kind: "linear", outFeatures: 5 },
];
const small = (classes: number, name = "small") =>
  parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name,
    input: { channels: 1, height: 4, width: 4 },
    layers: [...layers.slice(0, 2), { kind: "linear", outFeatures: classes }],
  });

/** Values by which a tensor is known again. */
function parametersOf(architecture = small(5)): NamedTensors {
  return new Map(
    namedParameters(architecture).map(({ name, shape, ordinal }) => {
      const length = shape.reduce((product, extent) => product * extent, 1);
      return [name, { shape, data: new Float32Array(length).fill(ordinal + 1) }];
    }),
  );
}

function stored(
  tensors: NamedTensors,
  rename: (name: string) => string = (name) => name,
): ReadonlyMap<string, StoredTensor> {
  const renamed = new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));
  return parseSafetensors(serializeSafetensors(renamed)).tensors;
}

function problem(tensors: ReadonlyMap<string, StoredTensor>, options: FitOptions = {}): ParameterFitError {
  try {
    fitParameters(small(5), tensors, { source: "w", ...options });
  } catch (error) {
    if (error instanceof ParameterFitError) return error;
    throw error;
  }
  throw new Error("the parameters were taken");
}

describe("fitParameters", () => {
  it("takes a network's own tensors as they are", () => {
    const parameters = parametersOf();
    expect(fitParameters(small(5), stored(parameters))).toEqual({ parameters, ignored: [], newHead: [] });
  });

  it.each(["model.", "module.", "model.module.", "_orig_mod.", "net.", "encoder.net."])(
    "removes the prefix %s",
    (prefix) => {
      const parameters = parametersOf();
      const tensors = stored(parameters, (name) => prefix + name);
      expect(fitParameters(small(5), tensors)).toEqual({ parameters, prefix, ignored: [], newHead: [] });
    },
  );

  it("removes the prefix of most of them, and then has the others as extra tensors", () => {
    const parameters = parametersOf();
    const tensors = new Map([
      ...stored(parameters, (name) => `ema.${name}`),
      ...stored(parameters, (name) => `model.${name}`),
    ]);
    tensors.delete("ema.net.0.0.bias");
    expect(problem(tensors).message).toBe(
      "w: 5 tensors that small does not have: ema.net.0.0.weight, ema.net.0.2.weight, ema.net.0.2.bias, ema.net.2.weight, ema.net.2.bias",
    );
    const fitted = fitParameters(small(5), tensors, { ignoreExtra: true });
    expect([fitted.parameters, fitted.prefix, fitted.ignored.length]).toEqual([parameters, "model.", 5]);
  });

  it("skips extra tensors of any type where that is asked for", () => {
    const count: StoredTensor = { dtype: "I64", shape: [], bytes: new Uint8Array(8) };
    const tensors = new Map([...stored(parametersOf()), ["net.0.1.num_batches_tracked", count] as const]);
    const refused = problem(tensors);
    expect(refused.message).toBe("w: 1 tensor that small does not have: net.0.1.num_batches_tracked");
    expect(refused.hasExtra).toBe(true);
    const { ignored } = fitParameters(small(5), tensors, { ignoreExtra: true });
    expect(ignored).toEqual(["net.0.1.num_batches_tracked"]);
  });

  it("names everything that is wrong in one line", () => {
    const tensors = new Map(stored(parametersOf()));
    const bias = tensors.get("net.2.bias");
    tensors.delete("net.2.bias");
    tensors.delete("net.0.0.weight");
    if (bias !== undefined) tensors.set("fc.bias", bias).set("net.0.0.bias", bias);
    const refused = problem(tensors);
    expect(refused.message).toBe(
      "w: expected 6 parameters, missing: net.0.0.weight, net.2.bias; of another shape: net.0.0.bias expected [4], got [5]; 1 tensor that small does not have: fc.bias",
    );
    expect(problem(tensors, { ignoreExtra: true }).message).not.toContain("fc.bias");
  });

  it("says what there is where nothing of the network is", () => {
    const tensors = stored(new Map([["conv1.weight", { shape: [1], data: new Float32Array(1) }]]));
    expect(problem(tensors, { ignoreExtra: true }).message).toBe(
      "w: expected 6 parameters, missing: net.0.0.weight, net.0.0.bias, net.0.2.weight, net.0.2.bias, net.2.weight, net.2.bias; the file has conv1.weight",
    );
    expect(problem(new Map()).message).toContain("the file has none");
  });

  it("names many up to a limit", () => {
    const nin = builtinArchitecture("nin");
    expect(() => fitParameters(nin, new Map())).toThrow(/missing: .*, \.\.\. \(24 in all\)/);
    const wide = stored(parametersOf(builtinArchitecture("nin?channels=3")));
    expect(() => fitParameters(nin, wide)).toThrow(
      "of another shape: net.0.0.weight expected [96, 1, 11, 11], got [96, 3, 11, 11]",
    );
    const noShape = new Map(
      [...stored(parametersOf(nin))].map(([name, tensor]) => [
        name,
        { ...tensor, dtype: "BOOL" as const, shape: [tensor.bytes.length] },
      ]),
    );
    expect(() => fitParameters(nin, noShape)).toThrow("... (24 in all)");
  });

  it("refuses one that holds no floating-point numbers", () => {
    const tensors = new Map(stored(parametersOf()));
    tensors.set("net.2.bias", { dtype: "I32", shape: [5], bytes: new Uint8Array(20) });
    expect(() => fitParameters(small(5), tensors, { source: "w" })).toThrow(
      "w: tensor net.2.bias: expected F32, F64, F16 or BF16, got I32",
    );
  });
});

describe("a new head", () => {
  it("is the last layer where only that has another number of classes", () => {
    const file = stored(parametersOf(small(7)));
    expect(problem(file).message).toContain("net.2.weight expected [5, 16], got [7, 16]");
    const { parameters, newHead } = fitParameters(small(5), file, { newHead: true });
    expect(newHead).toEqual(["net.2.weight", "net.2.bias"]);
    expect([...parameters.keys()]).toEqual([
      "net.0.0.weight",
      "net.0.0.bias",
      "net.0.2.weight",
      "net.0.2.bias",
    ]);
  });

  it("is the whole last block where its width is the number of classes", () => {
    const file = stored(parametersOf(builtinArchitecture("nin")));
    const { newHead } = fitParameters(builtinArchitecture("nin?classes=3"), file, { newHead: true });
    expect(newHead).toEqual([0, 2, 4].flatMap((layer) => [`net.7.${layer}.weight`, `net.7.${layer}.bias`]));
  });

  it("is nothing where the classes are the same", () => {
    expect(fitParameters(small(5), stored(parametersOf()), { newHead: true }).newHead).toEqual([]);
  });

  it("is not what differs otherwise, or elsewhere, or is missing", () => {
    const other = new Map(stored(parametersOf(small(7))));
    const first = other.get("net.0.0.bias");
    if (first !== undefined) other.set("net.0.0.bias", { ...first, shape: [2, 2] });
    expect(problem(other, { newHead: true }).message).toContain("net.0.0.bias expected [4], got [2, 2]");
    const without = new Map(stored(parametersOf(small(7))));
    without.delete("net.2.bias");
    expect(problem(without, { newHead: true }).message).toContain("missing: net.2.bias");
    const wide = new Map(stored(parametersOf(small(7))));
    wide.set("net.2.weight", { dtype: "F32", shape: [7, 15], bytes: new Uint8Array(420) });
    expect(problem(wide, { newHead: true }).message).toContain("net.2.weight expected [5, 16], got [7, 15]");
  });
});
