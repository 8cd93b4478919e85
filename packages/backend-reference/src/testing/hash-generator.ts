import type { DropoutMask, Network } from "../network.js";

/** The uniform numbers of `fixtures/nin-base.json`; its `generator` field has the formula in words. */
export function hashUniform(seed: number, t: number, i: number): number {
  const mixedIn = Math.imul(t + 1, 0x85ebca77) + Math.imul(seed, 0xc2b2ae3d);
  let x = (Math.imul(i, 0x9e3779b1) + mixedIn) >>> 0;
  x ^= x >>> 15;
  x = Math.imul(x, 0x2c1b3c6d);
  x ^= x >>> 12;
  x = Math.imul(x, 0x297a2d39);
  x ^= x >>> 15;
  return (x >>> 0) / 2 ** 32;
}

/** Gives a network the fixture's weights. */
export function writeHashParameters(network: Network, seed: number): void {
  const weighted = network.layers.filter(({ parameters }) => parameters.weight !== undefined);
  weighted.forEach(({ parameters: { weight, bias } }, j) => {
    const [out = 0, channels = 0, height = 1, width = 1] = weight?.shape ?? [];
    const fanIn = channels * height * width;
    const bound = Math.sqrt(6 / (fanIn + out * height * width));
    weight?.data.forEach((_, i) => {
      weight.data[i] = Math.fround((2 * hashUniform(seed, 2 * j, i) - 1) * bound);
    });
    bias?.data.forEach((_, i) => {
      bias.data[i] = Math.fround((2 * hashUniform(seed, 2 * j + 1, i) - 1) / Math.sqrt(fanIn));
    });
  });
}

/** The fixture's mask of its only dropout layer: the same at every step. */
export const hashDropoutMask: DropoutMask = ({ seed }, start, kept) => {
  kept.forEach((_, i) => {
    kept[i] = hashUniform(seed, 1000, start + i) >= 0.5 ? 1 : 0;
  });
};
