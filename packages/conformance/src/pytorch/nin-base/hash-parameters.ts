import { type Architecture, elementCount, type NamedTensors, namedParameters, type Tensor } from "@nin/spec";

/** Number `i` of tensor `t`, in [0, 1). The fixture's `generator` field describes the formula in words. */
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

/** The fixture's weights (xavierUniform) and biases (uniformFanIn), with an architecture's own names. */
export function hashParameters(architecture: Architecture, seed: number): NamedTensors {
  return new Map(
    namedParameters(architecture).map(({ name, role, shape, ordinal, fanIn, fanOut }): [string, Tensor] => {
      const bound = role === "weight" ? Math.sqrt(6 / (fanIn + fanOut)) : 1 / Math.sqrt(fanIn);
      const t = 2 * ordinal + (role === "weight" ? 0 : 1);
      const data = new Float32Array(elementCount(shape));
      for (let i = 0; i < data.length; i += 1) data[i] = (2 * hashUniform(seed, t, i) - 1) * bound;
      return [name, { shape, data }];
    }),
  );
}
