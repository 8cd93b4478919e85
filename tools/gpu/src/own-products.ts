import { matmulKernels } from "../../packages/backend-webgpu/dist/kernels/matmul/matmul.js";
import { parseArchitecture } from "../../packages/spec/dist/index.js";
import { measureKernels } from "../measure/webgpu-kernels/measure-kernels.mjs";
import { openForMeasuring } from "../measure/webgpu-kernels/open-adapter.mjs";

/** Rows and channels of the matrices: 2.7e11 multiplications and additions on a card. */
const SIZES = {
  card: { images: 32, height: 64, width: 64, channels: 1024 },
  small: { images: 1, height: 16, width: 16, channels: 128 },
};

/**
 * The backend's own kernels at plain matrix products: two 1x1 convolutions after each other, of which the
 * second has all three products of a training step.
 *
 * @returns for each kernel that the adapter can run `{ precision, kernel, ms, flopsPerSecond }`, the best first
 */
export async function measureOwnProducts({ device, size, precisions, rounds }) {
  const { context } = await openForMeasuring(device);
  const { images, ...image } = SIZES[size];
  const results = [];
  for (const precision of precisions) {
    for (const { name } of matmulKernels(context.traits, precision)) {
      const kernels = { matmul: name, winogradChannels: Number.POSITIVE_INFINITY };
      const { byKernel } = await measureKernels(context, twoProducts(image), {
        ...{ batch: images, precision, rounds, kernels },
      });
      for (const { kernel, ms, flops } of byKernel.filter((one) => one.flops > 0))
        results.push({ precision, kernel, ms, flopsPerSecond: (1000 * flops) / ms });
    }
  }
  return results.toSorted((a, b) => b.flopsPerSecond - a.flopsPerSecond);
}

function twoProducts({ height, width, channels }) {
  const product = { kind: "conv2d", outChannels: channels, kernelSize: 1 };
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "two-products",
    input: { channels, height, width },
    layers: [product, product, { kind: "globalAvgPool2d" }, { kind: "flatten" }],
  });
}
