import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryArchitecture } from "../arbitrary.js";
import { builtinArchitecture } from "../builtin/index.js";
import { elementCount } from "../layers/tensor.js";
import { architectureOf } from "../testing/architectures.js";
import { type NinBaseLayer, ninBaseFacts } from "../testing/fixtures.js";
import { type ArchitectureSummary, type LayerSummary, summarize } from "./summary.js";

type Count = "parameters" | "macs" | "activationBytes";

const sumOf = (layers: readonly LayerSummary[], count: Count): number =>
  layers.reduce((sum, layer) => sum + layer[count], 0);

test("20,000 layers, also inside blocks, take time in proportion", () => {
  const convolution = { kind: "conv2d", outChannels: 1, kernelSize: 1 };
  const flat = architectureOf(Array.from({ length: 20_000 }, () => convolution));
  const block = {
    kind: "ninBlock",
    outChannels: 1,
    kernelSize: 1,
    mlpChannels: Array.from({ length: 999 }, () => 1),
  };
  const blocks = architectureOf(Array.from({ length: 10 }, () => block));
  const started = process.cpuUsage();
  const [ofFlat, ofBlocks] = [summarize(flat), summarize(blocks)];
  expect([ofFlat.parameters, ofFlat.layers.length]).toEqual([40_000, 20_000]);
  expect([ofBlocks.parameters, ofBlocks.layers.length]).toEqual([20_000, 10]);
  expect(summarize(blocks, { expand: true }).layers).toHaveLength(20_000);
  expect(process.cpuUsage(started).user).toBeLessThan(4e6);
});

describe("nin at 1x224x224", () => {
  const nin = builtinArchitecture("nin");
  const summary = summarize(nin);

  test("has the reference's totals", () => {
    expect(summary).toMatchObject({
      parameters: ninBaseFacts.total_params,
      parameterBytes: ninBaseFacts.param_bytes_f32,
      macs: ninBaseFacts.total_macs_forward,
      trainingMacs: ninBaseFacts.macs_train_step_per_image,
    });
  });

  test("keeps what every module puts out, but flatten's view", () => {
    const { sum_all_module_outputs_not_inplace: elements, input } = ninBaseFacts.act_elems_per_image;
    expect(summary.activationBytes).toBe(4 * elements);
    expect(summary.trainingBytes).toBe(2 * ninBaseFacts.param_bytes_f32 + 4 * (elements + input));
  });

  test("has the reference's layers when expanded", () => {
    const expanded = summarize(nin, { expand: true }).layers.filter(({ kind }) => kind !== "relu");
    expect(expanded.map(factsOf)).toEqual(ninBaseFacts.layers.map(referenceFactsOf));
    expect(expanded.filter(({ parameters }) => parameters > 0).length).toBe(ninBaseFacts.n_weight_layers);
  });

  test("names blocks, and the layers inside them when expanded", () => {
    expect(summary.layers.map(({ name, kind }) => `${name} ${kind}`).slice(0, 3)).toEqual([
      "net.0 ninBlock",
      "net.1 maxPool2d",
      "net.2 ninBlock",
    ]);
    const expanded = summarize(nin, { expand: true }).layers.map(({ name, kind }) => `${name} ${kind}`);
    expect(expanded.slice(3, 8)).toEqual([
      "net.0.3 relu",
      "net.0.4 conv2d",
      "net.0.5 relu",
      "net.1 maxPool2d",
      "net.2.0 conv2d",
    ]);
  });
});

function factsOf({ kind, outputShape, parameters, macs }: LayerSummary): object {
  return { kind, outputShape, parameters, macs };
}

function referenceFactsOf({ type, params, macs, cout, c, out_hw, out_elems }: NinBaseLayer): object {
  const kinds: Record<string, string> = { conv: "conv2d", maxpool: "maxPool2d", gap: "globalAvgPool2d" };
  const outputShape = out_hw === undefined ? [1, out_elems] : [1, cout ?? c, ...out_hw];
  return { kind: kinds[type] ?? type, outputShape, parameters: params, macs };
}

describe("any architecture", () => {
  test("totals are sums over layers", () => {
    fc.assert(
      fc.property(arbitraryArchitecture(), fc.boolean(), (architecture, expand) => {
        const summary = summarize(architecture, { expand });
        for (const count of ["parameters", "macs", "activationBytes"] as const) {
          expect(summary[count]).toBe(sumOf(summary.layers, count));
        }
        expect(summary.parameterBytes).toBe(4 * summary.parameters);
      }),
    );
  });

  test("expanded, it has the same totals, and each block's rows sum to the block's", () => {
    fc.assert(
      fc.property(arbitraryArchitecture(), (architecture) => {
        const summary = summarize(architecture);
        const expanded = summarize(architecture, { expand: true });
        expect(totalsOf(expanded)).toEqual(totalsOf(summary));
        for (const layer of summary.layers) {
          const inner = expanded.layers.filter(
            ({ name }) => name === layer.name || name.startsWith(`${layer.name}.`),
          );
          expect(inner.at(-1)?.outputShape).toEqual(layer.outputShape);
          for (const count of ["parameters", "macs", "activationBytes"] as const) {
            expect(sumOf(inner, count)).toBe(layer[count]);
          }
        }
      }),
    );
  });

  test("activations are every output but flatten's", () => {
    fc.assert(
      fc.property(arbitraryArchitecture(), (architecture) => {
        for (const { kind, outputShape, activationBytes } of summarize(architecture, { expand: true })
          .layers) {
          expect(activationBytes).toBe(kind === "flatten" ? 0 : 4 * elementCount(outputShape));
        }
      }),
    );
  });
});

test("training needs no input gradient for the first weighted layer", () => {
  const { layers, macs, trainingMacs } = summarize(
    architectureOf([
      { kind: "maxPool2d", kernelSize: 2, stride: 2 },
      { kind: "conv2d", outChannels: 3, kernelSize: 3 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 2 },
    ]),
  );
  expect(layers.map((layer) => layer.macs)).toEqual([0, 3 * 2 * 2 * 9, 0, 24]);
  expect(trainingMacs).toBe(3 * macs - 108);
});

test("without weights there is nothing to train", () => {
  const summary = summarize(architectureOf([{ kind: "globalAvgPool2d" }, { kind: "flatten" }], [3, 4, 4]));
  expect(summary).toMatchObject({ parameters: 0, macs: 0, trainingMacs: 0 });
});

function totalsOf({ layers: _, ...totals }: ArchitectureSummary): object {
  return totals;
}
