import type { Backend } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { builtinRecipe, entry, initialParameters, parseArchitecture } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { expect, it } from "vitest";
import { createNodeWebGpuBackend } from "./node.js";

const backend = createNodeWebGpuBackend();
const device = (await backend.devices()).find(({ available }) => available);

const [CHANNELS, HEIGHT, WIDTH] = [5, 131, 89] as const;

/** Its gradients are sums of 11,659 terms an image. */
const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "wide",
  input: { channels: CHANNELS, height: HEIGHT, width: WIDTH },
  layers: [
    { kind: "conv2d", outChannels: 37, kernelSize: 1 },
    { kind: "conv2d", outChannels: 3, kernelSize: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
});
const parameters = initialParameters(architecture, builtinRecipe("d2l").init, 1);

async function gradientsOf(of: Backend, maxBatch: number, count: number, id?: string) {
  await using model = await of.compile(architecture, {
    maxBatch,
    ...(id === undefined ? {} : { device: id }),
  });
  await model.writeParameters(parameters);
  const length = count * CHANNELS * HEIGHT * WIDTH;
  const data = Float32Array.from({ length }, (_, index) => Math.sin(index));
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 3);
  return (await model.gradients({ input: { shape: [count, CHANNELS, HEIGHT, WIDTH], data }, labels }))
    .gradients;
}

// 4 images are 46 segments, the last one partial; 1 is fewer than there is room for.
it.for([4, 1])("gradients of %i images of many pixels", async (count, { skip }) => {
  if (device === undefined) return lacking("webgpu", "there is no adapter", skip);
  const expected = await gradientsOf(createReferenceBackend(), 4, count);
  for (const [name, { data }] of await gradientsOf(backend, 4, count, device?.id)) {
    const right = Array.from(entry(expected, name).data);
    const norm = Math.hypot(...right);
    const distance = Math.hypot(...right.map((value, index) => value - (data[index] ?? Number.NaN)));
    expect(distance / norm, name).toBeLessThan(1e-5);
  }
  return undefined;
});
