import { expect, it } from "vitest";
import { nearestName } from "./nearest-name.js";

const FIELDS = ["kind", "outChannels", "kernelSize", "stride", "padding", "bias"];

it.each([
  ["kernelsize", "kernelSize"],
  ["kernelSise", "kernelSize"],
  ["kernel_size", "kernelSize"],
  ["outchannel", "outChannels"],
  ["strdie", "stride"],
  ["bais", "bias"],
  ["dilation", undefined],
  ["b", undefined],
  ["", undefined],
  ["x".repeat(1_000_000), undefined],
])("%.20s is nearest to %s", (name, nearest) => {
  expect(nearestName(name, FIELDS)).toBe(nearest);
});

it("is none where there are no names", () => {
  expect(nearestName("kind", [])).toBeUndefined();
});
