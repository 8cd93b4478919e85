import { type ConformanceCase, conformanceCases, type LevelName, levelOf } from "@nin/conformance";

const ONE_BATCH: readonly LevelName[] = ["shapes", "parameters", "forward", "gradients"];

/**
 * The quick cases, and the tutorial's network at full size compared with PyTorch, in two halves that take as long: the
 * levels that compute one batch, and the others. Files of tests run at once.
 */
export function quickCases(half: "one batch" | "others"): readonly ConformanceCase[] {
  return conformanceCases().filter(
    ({ id, quick }) =>
      (quick || id.includes("/nin-base/")) && ONE_BATCH.includes(levelOf(id)) === (half === "one batch"),
  );
}

/**
 * A small part of the suite that uses every level, layer kind and program of a device: for one that takes long, as a
 * software adapter does, which compiles every pipeline for seconds. `nin conformance` runs all of it.
 */
const SMALL_PART: readonly string[] = [
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

/** The cases of that part. @throws an `Error` where one of them is no case any more */
export function smallPart(): readonly ConformanceCase[] {
  const cases = conformanceCases().filter(({ id }) => SMALL_PART.includes(id));
  if (cases.length !== SMALL_PART.length) throw new Error("the part names a case that does not exist");
  return cases;
}
