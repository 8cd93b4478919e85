/**
 * A backend of the registry as a contestant: `node backend-child.js BACKEND DEVICE JOB`. Steps are
 * enqueued as a training loop does, and waited for within the time taken.
 */
import { readJob } from "../workload/read-job";
import { serve } from "../protocol/serve.js";
import { BackendCompetitor } from "./backend-implementation";

const [backend = "", device = "", job = ""] = process.argv.slice(2);
await serve(new BackendCompetitor(backend, device, await readJob(job)));
