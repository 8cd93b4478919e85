import type { RealizedLayer } from "@nin/backend";
import { parseArchitecture, summarize } from "@nin/spec";
import { smallNinJson } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { requireRealized } from "./realized-summary.js";

describe("requireRealized", () => {
  const summary = summarize(parseArchitecture(smallNinJson));
  const realized = summary.layers.map(
    ({ name, kind, outputShape, parameters }): RealizedLayer => ({
      name,
      kind,
      outputShape,
      parameters: new Map(parameters === 0 ? [] : [[`${name}.weight`, [parameters]]]),
    }),
  );
  const changed = (index: number, change: Partial<RealizedLayer>): readonly RealizedLayer[] =>
    realized.map((layer, position) => (position === index ? { ...layer, ...change } : layer));

  it("gives the summary where the backend agrees", () => {
    expect(requireRealized("x", summary, realized)).toEqual(summary);
  });

  it.each([
    ["another shape", changed(1, { outputShape: [1, 6, 5, 5] }), "x: net.1: expected"],
    ["another number of parameters", changed(0, { parameters: new Map() }), "x: net.0: expected"],
    ["another kind", changed(1, { kind: "avgPool2d" }), "x: net.1: expected"],
    ["a layer too few", realized.slice(1), "x: the network: expected 6 layers, realized 5"],
  ])("refuses %s", (_name, layers, line) => {
    expect(() => requireRealized("x", summary, layers)).toThrow(line);
    expect(() => requireRealized("x", summary, layers)).toThrow(
      expect.objectContaining({ code: "NIN_CHECK_FAILED" }),
    );
  });
});
