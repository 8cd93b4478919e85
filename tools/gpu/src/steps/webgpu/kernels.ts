import { folderStore } from "../../../../packages/backend-webgpu/dist/tuning/folder-store.js";
import { builtinArchitecture } from "../../../../packages/spec/dist/index.js";
import { measureKernels } from "../../../measure/webgpu-kernels/measure-kernels.mjs";
import { openForMeasuring } from "../../../measure/webgpu-kernels/open-adapter.mjs";
import { boundOf } from "../../../measure/webgpu-kernels/work.mjs";
import { ceilingsFor } from "../../ceilings.mjs";

/**
 * Every kernel of a training step by the device's own clock, beside the time that its operations and its
 * bytes need at least by the ceilings of the step of that name.
 */
export async function run({ device, model, batches, precisions, rounds, known }, say) {
  const { context } = await openForMeasuring(device);
  const cases = [];
  for (const precision of precisions) {
    const ceilings = ceilingsFor(precision, known?.ceilings);
    for (const batch of batches) {
      const options = { batch, precision, rounds, tuning: folderStore() };
      const measured = await measureKernels(context, builtinArchitecture(model), options);
      cases.push(caseOf({ model, precision, batch, ...measured }, ceilings));
      say({ passed: false, cases });
    }
  }
  return { passed: cases.every(({ totalMs }) => totalMs > 0), cases };
}

function caseOf({ kernels, byKernel, images, totalMs, ...rest }, ceilings) {
  const bounded = kernels.map((one) => ({ ...one, boundMs: boundOf(one, ceilings) }));
  const sumOf = (some) =>
    ceilings === undefined ? undefined : some.reduce((sum, one) => sum + one.boundMs, 0);
  return {
    ...rest,
    ...{ images, totalMs, boundMs: sumOf(bounded), imagesPerSecond: (1000 * images) / totalMs, ceilings },
    byKernel: byKernel
      .map((one) => ({ ...one, boundMs: sumOf(bounded.filter(({ kernel }) => kernel === one.kernel)) }))
      .toSorted((a, b) => b.ms - a.ms),
    kernels: bounded,
  };
}
