import { Engine } from "../../../../packages/backend-webgpu/dist/runtime/engine.js";
import { folderStore } from "../../../../packages/backend-webgpu/dist/tuning/folder-store.js";
import { builtinArchitecture } from "../../../../packages/spec/dist/index.js";
import { openForMeasuring } from "../../../measure/webgpu-kernels/open-adapter.mjs";

/**
 * The measured search, as a training begins with it: what it tried for each convolution and what it
 * chose. It is made anew, and left where the next steps find it.
 */
export async function run({ device, model, batches, precisions }, say) {
  const { context } = await openForMeasuring(device);
  const searches = [];
  for (const precision of precisions) {
    for (const batch of batches) {
      searches.push(await search(context, builtinArchitecture(model), { precision, batch }));
      say({ passed: false, searches });
    }
  }
  const wrong = searches.flatMap(({ precision, layers }) =>
    layers.flatMap(({ layer, times }) =>
      Object.entries(times)
        .filter(([, ms]) => ms === null)
        .map(([kernel]) => ({ precision, layer, kernel })),
    ),
  );
  return { passed: searches.every(({ layers }) => layers.length > 0) && wrong.length === 0, wrong, searches };
}

async function search(context, architecture, { precision, batch }) {
  const store = folderStore();
  let record = { layers: [] };
  const tuning = {
    ...store,
    load: async () => undefined,
    save: async (name, found) => {
      record = found;
      await store.save(name, found);
    },
  };
  const engine = new Engine(context, architecture, { maxBatch: batch, precision, tuning });
  try {
    const begin = performance.now();
    await engine.tune();
    const searchMs = performance.now() - begin;
    return { precision, batch, images: engine.microBatch, searchMs, layers: record.layers };
  } finally {
    await engine.dispose();
  }
}
