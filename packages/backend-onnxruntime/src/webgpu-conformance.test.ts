import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { conformanceCases } from "@nin/conformance";
import { describeConformance } from "@nin/conformance/vitest";
import { lacking } from "@nin/test-support";
import { expect, test } from "vitest";

/**
 * A small part of the suite that uses every level, layer kind and program on the device: a software
 * adapter compiles every pipeline for seconds. `nin conformance --device webgpu` runs all of it.
 */
const PART = [
  "shapes/ninBlock/plain:outChannels=5,kernelSize=3,padding=1",
  "parameters/copies/written",
  "forward/conv2d/one-axis-padded:outChannels=3,kernelSize=3,padding=0x2,batch=2",
  "forward/maxPool2d/padded-ceil:kernelSize=3,stride=2,padding=1,ceilMode=true,batch=2",
  "forward/avgPool2d/padded-ceil:kernelSize=3,stride=2,padding=1,ceilMode=true,batch=2",
  "forward/behaviour/batch-split",
  "gradients/conv2d/plain:outChannels=4,kernelSize=3,batch=2",
  "gradients/ties/overlapping-windows",
  "step/pytorch/dropout:run=adamw-2,steps=2",
  "step/behaviour/divergence",
  "trajectory/partial-batch/last-of-1",
  "randomness/masks/second-step:batch=4,step=1",
  "preprocessing/resize/bilinear:from=7x5,to=12x5",
  "files/checkpoint/to-oracle:optimizer=momentum,steps=10",
  "errors/session/too-many-indices",
  "lifecycle/models/concurrent:models=4",
  "determinism/training/adamw",
];

const cases = conformanceCases().filter(({ id }) => PART.includes(id));
const webgpu = (await createNodeOnnxRuntimeBackend().devices()).find(({ id }) => id === "webgpu");

test("the part is made of cases that there are", () => {
  expect(cases.map(({ id }) => id).toSorted()).toEqual(PART.toSorted());
});

// A process has one adapter, prepared in its main thread: that of this file is vitest's, a fork.
if (webgpu?.available === true) {
  await describeConformance(createNodeOnnxRuntimeBackend, { device: "webgpu", cases });
} else {
  test("conformance of onnxruntime on webgpu", ({ skip }) =>
    lacking("onnxruntime:webgpu", webgpu?.reason ?? "not known", skip));
}
