import { builtinArchitecture } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { channelList, layerList, requireChannels } from "./channel-choice.js";

describe("lists", () => {
  it("name layers, and channels with ranges, each once", () => {
    expect(layerList("net.0, net.3,net.0")).toEqual(["net.0", "net.3"]);
    expect(channelList("5,0-2, 1,7-7")).toEqual([5, 0, 1, 2, 7]);
  });

  it.each(["", "a", "1,", "3-1", "-1", "1.5", "0-1000", "1e3"])("of channels are not %j", (text) => {
    expect(() => channelList(text)).toThrow("Expected channels from 0 and ranges of them");
  });

  it.each(["", "net.0,"])("of layers are not %j", (text) => {
    expect(() => layerList(text)).toThrow("Expected names of layers joined by commas");
  });
});

describe("requireChannels", () => {
  const architecture = builtinArchitecture("nin-mnist");

  it("takes all layers that detect features, unless some are named", () => {
    expect(requireChannels(architecture, {})).toEqual({ layers: ["net.0", "net.3", "net.6"] });
    expect(requireChannels(architecture, { layers: ["net.1"], channels: [47] })).toEqual({
      layers: ["net.1"],
      channels: [47],
    });
    const layers = requireChannels(builtinArchitecture("alexnet?size=80"), {}).layers;
    expect(layers).toEqual(["net.1", "net.4", "net.7", "net.9", "net.11"]);
  });

  it.each([
    [{ channels: [9, 10] }, "--channels: net.6 has the channels 0 to 9, got 10"],
    [{ layers: ["net.0"], channels: [48] }, "--channels: net.0 has the channels 0 to 47, got 48"],
    [
      { layers: ["net.8"] },
      "--layer: expected layers with channels (net.0, net.1, net.2, net.3, net.4, net.5, net.6, net.7), got net.8",
    ],
    [{ layers: ["net.0.0"] }, "got net.0.0"],
  ])("refuses %j", (choice, message) => {
    expect(() => requireChannels(architecture, choice)).toThrow(message);
  });
});
