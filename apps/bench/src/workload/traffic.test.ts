import { builtinArchitecture, inferLayers, summarize } from "@nin/spec";
import { expect, it } from "vitest";
import { layerTraffic, trafficOf } from "./traffic.js";

it.each(["nin", "nin-mnist"])("counts the products of %s as its summary does", (name) => {
  const architecture = builtinArchitecture(name);
  const { macs, trainingMacs } = summarize(architecture);
  expect(trafficOf(architecture, 4, "forward").flops).toBe(2 * macs);
  expect(trafficOf(architecture, 4, "train").flops).toBe(2 * trainingMacs);
});

it("reads a convolution's input and weights and writes its output; more on the way back", () => {
  const [first, , second] = inferLayers(builtinArchitecture("nin-mnist"));
  if (first === undefined || second === undefined) throw new Error("there are two");
  const [input, output, weights] = [28 * 28, 96 * 28 * 28, 96 * 25 + 96];
  const bytes = (layer: typeof first, mode: "forward" | "train", isFirst: boolean): number =>
    layerTraffic(layer, 3, mode, isFirst).bytes;
  expect(bytes(first, "forward", true)).toBe(4 * (3 * input + 3 * output + weights));
  expect(bytes(first, "train", true)).toBe(4 * (6 * input + 6 * output + 3 * weights));
  const [inner, deeper] = [96 * 28 * 28, 64 * 28 * 28];
  expect(bytes(second, "train", false)).toBe(4 * (9 * inner + 6 * deeper + 3 * (96 * 64 + 64)));
});
