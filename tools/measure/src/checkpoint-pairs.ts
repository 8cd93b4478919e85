/**
 * Does a training that is begun on one backend and finished on another end as one that was not stopped? The
 * suite's case of a checkpoint moved to another model, the two models being of two backends, for all pairs.
 *
 *   node scripts/measure/checkpoint-pairs.mjs [--device onnxruntime:cpu ...] [--out FILE]
 */

import { parseArgs } from "node:util";
import { conformanceCases, runCase } from "../../packages/conformance/dist/index.js";
import { createNodeHost } from "../../packages/conformance/dist/node.js";
import { writeFileAtomic } from "../../packages/files/dist/index.js";
import { loadBackend } from "./backends.mjs";
import { environment } from "./environment.mjs";

const { values: options } = parseArgs({
  options: {
    device: {
      type: "string",
      multiple: true,
      default: ["reference:cpu", "onnxruntime:cpu", "webgpu:lavapipe", "tfjs:cpu"],
    },
    out: { type: "string" },
  },
});

const cases = conformanceCases().filter(({ id }) => id.startsWith("files/checkpoint/to-another-model"));
const host = createNodeHost();
const places = await Promise.all(options.device.map(placeOf));
const rows = [];
for (const from of places) {
  for (const to of places) {
    if (from === to) continue;
    const results = [];
    for (const entry of cases) results.push(await runCase(entry, relay(from, to), { host }));
    const failed = results.filter(({ status }) => status !== "passed");
    rows.push({
      from: from.name,
      to: to.name,
      passed: results.length - failed.length,
      cases: results.length,
      ...(failed.length === 0 ? {} : { failed: failed.map(({ id, detail }) => `${id}: ${detail}`) }),
    });
    console.log(`${from.name} to ${to.name}: ${results.length - failed.length} of ${results.length}`);
    for (const { id, detail } of failed) console.log(`  ${id}: ${detail}`);
  }
}
if (options.out !== undefined) {
  const result = { environment: await environment(), cases: cases.map(({ id }) => id), rows };
  await writeFileAtomic(options.out, `${JSON.stringify(result, undefined, 2)}\n`);
}
// WebGPU keeps the process.
process.exit(rows.every(({ failed }) => failed === undefined) ? 0 : 1);

async function placeOf(name) {
  const [id, device] = name.split(":");
  if (device === undefined) throw new Error(`--device: expected BACKEND:DEVICE, got ${name}`);
  return { name, device, backend: await loadBackend(id) };
}

/** A backend whose models are of one place and of the other in turn: the case compiles one of each. */
function relay(...turns) {
  let compiled = 0;
  return {
    id: "relay",
    devices: async () => [{ id: "relay", name: turns.map(({ name }) => name).join(" to "), available: true }],
    compile(architecture, compileOptions) {
      const { backend, device } = turns[compiled % turns.length];
      compiled += 1;
      return backend.compile(architecture, { ...compileOptions, device });
    },
  };
}
