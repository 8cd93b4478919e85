import { Inference } from "../../../packages/backend-onnxruntime/dist/runtime/inference.js";
import { MaskThread } from "../../../packages/backend-onnxruntime/dist/runtime/mask-source.js";
import { toGraphLayout } from "../../../packages/backend-onnxruntime/dist/runtime/parameter-layout.js";
import { ProgramRunner } from "../../../packages/backend-onnxruntime/dist/runtime/program-runner.js";
import { Trainer } from "../../../packages/backend-onnxruntime/dist/runtime/trainer.js";
import { Tensor } from "../../../packages/backend-onnxruntime/node_modules/onnxruntime-node/dist/index.js";

/**
 * What the backend's worker is made of, in this thread, with what the contract does not let one
 * choose: the images of a micro-batch, and profiles.
 *
 * @param settings `{ device, threads, profilePrefix? }`
 * @param options `{ architecture, maxBatch, microBatch, parameters, images? }`
 */
export function engineParts(settings, { architecture, maxBatch, microBatch, parameters, images }) {
  const runner = new ProgramRunner(settings);
  const options = {
    ...{ architecture, maxBatch, device: settings.device, threads: settings.threads },
    ...(images === undefined ? {} : { images }),
  };
  const feeds = Object.fromEntries(
    [...parameters].map(([name, tensor]) => {
      const { shape, data } = toGraphLayout(tensor);
      return [name, new Tensor("float32", data, [...shape])];
    }),
  );
  return {
    feeds,
    inference: new Inference(options, runner, microBatch),
    /** `dataset` as the contract's; `stepsPerRun` and `maskThreads` as in the backend's device-traits. */
    trainer: (optimizer, { dataset, stepsPerRun = 1, maskThreads = 0 } = {}) =>
      new Trainer(
        options,
        runner,
        microBatch,
        { optimizer, seed: 0, firstStep: 0, dataset },
        feeds,
        stepsPerRun,
        Array.from({ length: maskThreads }, () => new MaskThread()),
      ),
    /** Frees the programs; their profiles are written then. */
    release: () => runner.release(),
  };
}
