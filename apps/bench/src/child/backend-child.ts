/**
 * A backend of the registry as an implementation: `node backend-child.js BACKEND DEVICE [REGISTRY] JOB`, where
 * REGISTRY is the URL of another build's registry module. Steps are enqueued as a training loop does, and
 * waiting for them is part of the time taken.
 */
import { loadBackend } from "@nin/registry";
import { at } from "@nin/spec";
import { serve } from "../protocol/serve.js";
import { readJob } from "../workload/read-job.js";
import { BackendImplementation } from "./backend-implementation.js";
import { openData } from "./open-data.js";

const [backend, device, ...rest] = process.argv.slice(2);
const registry = rest.length > 1 ? ((await import(at(rest, 0))) as Registry) : { loadBackend };
const job = await readJob(at(rest, -1));
await serve(
  new BackendImplementation(`${device}`, job, {
    loadBackend: () => registry.loadBackend(`${backend}`),
    openData,
    versions: { node: process.versions.node },
  }),
);

interface Registry {
  readonly loadBackend: typeof loadBackend;
}
