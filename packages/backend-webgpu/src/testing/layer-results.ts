import type { GpuContext } from "../device/gpu-context.js";
import type { MatmulKernel } from "../kernels/matmul/matmul.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import { linkLayer } from "../tuning/layer-program.js";

const IMAGES = 3;

/** Of no tile a multiple, several of each, and the other way round; rows beyond a segment. */
export const LAYERS: readonly ConvolveOptions[] = [
  layerOf(200, 136, 1, [9, 7]),
  layerOf(8, 264, 3, [5, 4]),
  layerOf(96, 96, 1, [23, 19]),
];

/** A layer's output and gradients by these kernels, from numbers that are always the same. */
export async function layerResults(
  context: GpuContext,
  layer: ConvolveOptions,
  matmul: MatmulKernel,
): Promise<readonly Float32Array[]> {
  const kernels = { matmul, winogradChannels: Number.POSITIVE_INFINITY };
  return context.checked("computing a layer", async () => {
    const program = await linkLayer(context, layer, kernels, IMAGES);
    try {
      return await program.results();
    } finally {
      program.dispose();
    }
  });
}

/** From so many channels to so many, by a window of that size. */
export function layerOf(
  from: number,
  to: number,
  kernelSize: number,
  [height, width]: readonly [number, number],
): ConvolveOptions {
  return {
    name: `${from} to ${to} by ${kernelSize}x${kernelSize}`,
    input: {
      ...{ tensor: { label: "input", sizeBytes: IMAGES * height * width * from * 4 }, channels: from },
      ...{ height, width, stride: from, flat: false },
    },
    output: { channels: to, height, width, flat: false },
    kernelSize: [kernelSize, kernelSize],
    stride: [1, 1],
    padding: [(kernelSize - 1) / 2, (kernelSize - 1) / 2],
    bias: true,
    relu: false,
    weightShape: [to, from, kernelSize, kernelSize],
  };
}
