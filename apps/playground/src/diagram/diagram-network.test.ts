import { at, builtinArchitecture, builtinArchitectures, summarize } from "@nin/spec";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { diagramNetwork, entryName, shapeText } from "./diagram-network.js";
import { NetworkDiagram } from "./network-diagram.js";

describe("diagramNetwork", () => {
  const network = diagramNetwork(builtinArchitecture("nin-mnist"));

  it("has the tutorial's names, shapes and figures", () => {
    expect(network.input).toEqual([1, 28, 28]);
    expect(network.totals.parameters).toBe(349_674);
    expect(network.layers.map(({ name, title, shape }) => [name, title, shapeText(shape)])).toEqual([
      ["net.0", "NiN block", "48 × 28 × 28"],
      ["net.1", "Max pooling", "48 × 14 × 14"],
      ["net.2", "Dropout", "48 × 14 × 14"],
      ["net.3", "NiN block", "48 × 14 × 14"],
      ["net.4", "Max pooling", "48 × 7 × 7"],
      ["net.5", "Dropout", "48 × 7 × 7"],
      ["net.6", "NiN block", "10 × 7 × 7"],
      ["net.7", "Global average pooling", "10 × 1 × 1"],
      ["net.8", "Flatten", "10"],
    ]);
    expect(at(network.layers, 0).detail).toBe("5×5 → 1×1 → 1×1, padding 2");
    expect(at(network.layers, 1).detail).toBe("3×3 windows, stride 2");
  });

  it("is read with pauses", () => {
    const page = renderToString(h(NetworkDiagram, { architecture: builtinArchitecture("nin-mnist") }));
    const text = page.replace(/<[^>]*>/g, "").replaceAll("\u00a0", " ");
    expect(text).toContain(
      "NiN block, net.0, 5×5 → 1×1 → 1×1, padding 2, 48 × 28 × 28, 11,824 parameters, 9.11 M MACs, 1.30 MB",
    );
    expect(text).toContain("Input, the image, 1 × 28 × 28");
  });

  it("opens a block into its convolutions, each with its ReLU", () => {
    const { inner } = at(network.layers, 0);
    expect(inner.map(({ name, title, detail }) => [name, title, detail])).toEqual([
      ["net.0.0", "5×5 convolution", "padding 2, then ReLU"],
      ["net.0.2", "1×1 convolution", "then ReLU"],
      ["net.0.4", "1×1 convolution", "then ReLU"],
    ]);
    // 96 maps of 28x28, once of the convolution and once of the ReLU, in float32.
    expect(at(inner, 0).activationBytes).toBe(2 * 96 * 28 * 28 * 4);
  });

  it.each(builtinArchitectures.map(({ name }) => name))("adds up to the totals of %s", (name) => {
    const architecture = builtinArchitecture(name);
    const { layers, totals } = diagramNetwork(architecture);
    const { parameters, macs, activationBytes } = summarize(architecture);
    expect(totals).toEqual({ parameters, macs, activationBytes });
    for (const field of ["parameters", "macs", "activationBytes"] as const) {
      expect(layers.reduce((sum, layer) => sum + layer[field], 0)).toBe(totals[field]);
      for (const { inner, kind, ...block } of layers)
        if (kind === "ninBlock")
          expect(inner.reduce((sum, layer) => sum + layer[field], 0)).toBe(block[field]);
    }
  });
});

it("entryName is what a model gives the output of", () => {
  expect(["net.0.2", "net.11.0", "net.3", "input"].map(entryName)).toEqual([
    "net.0",
    "net.11",
    "net.3",
    "input",
  ]);
});
