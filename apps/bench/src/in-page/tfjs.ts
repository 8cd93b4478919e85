import type { ServedImplementation } from "../protocol/served.js";
import { TfjsOperators } from "../tfjs/operators.js";
import type { LoadedJob } from "../workload/loaded-job.js";

const BACKENDS = {
  webgpu: () => import("@tensorflow/tfjs-backend-webgpu"),
  webgl: () => import("@tensorflow/tfjs-backend-webgl"),
  cpu: () => import("@tensorflow/tfjs-backend-cpu"),
} as const;

/** TensorFlow.js on one of its backends, as a page loads it. */
export function tfjsOn(backend: keyof typeof BACKENDS, job: LoadedJob): ServedImplementation {
  return new TfjsOperators(job, async () => {
    const tf = await import("@tensorflow/tfjs-core");
    // As the package @tensorflow/tfjs does, which brings more than is measured.
    await import("@tensorflow/tfjs-core/dist/register_all_gradients.js");
    await BACKENDS[backend]();
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js found no ${backend}`);
    await tf.ready();
    return { tf, versions: { "@tensorflow/tfjs-core": tf.version_core } };
  });
}
