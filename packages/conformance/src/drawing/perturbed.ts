import type { Parameters } from "@nin/spec";
import { randomTensor } from "./random-tensors.js";

/** Parameters of which each is moved by `distance` of itself, up or down at random. */
export function perturbed(parameters: Parameters, seed: number, distance: number): Parameters {
  return new Map(
    [...parameters].map(([name, { shape, data }], index) => {
      const noise = randomTensor(shape, 1000 * seed + index + 1).data;
      const moved = Float64Array.from(data, (value, i) => value * (1 + distance * Math.sign(noise[i] ?? 0)));
      return [name, { shape, data: moved }];
    }),
  );
}
