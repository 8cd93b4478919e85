const training = "the toy predicts: it gives no gradients and does not train";
const images = "the toy takes inputs as they are: it knows no image format";
const both = "the case asks for images, gradients or training, of which the toy has none";

/** What the toy cannot pass, and why. A case that passes nevertheless fails the run. */
export const expectedFailures = Object.entries({
  "forward/behaviour/after-training": training,
  "gradients/*": training,
  "step/*": training,
  "trajectory/*": training,
  "randomness/masks/*": training,
  "randomness/batches/*": training,
  "preprocessing/*": images,
  "files/checkpoint/*": training,
  "files/resumed-training/*": training,
  "files/state/*": training,
  "errors/batch/too-*": images,
  "errors/batch/no-*": images,
  "errors/batch/transposed-shape": images,
  "errors/batch/shape-without-channels": images,
  "errors/batch/fewer-values-than-the-shape": images,
  "errors/batch/part-of-an-image": images,
  "errors/batch/label-*": images,
  "errors/augmentation/*": both,
  "errors/session/*": training,
  "errors/train/*": training,
  "lifecycle/dispose/*": training,
  "lifecycle/order/overlapping-calls": training,
  "lifecycle/order/batch-is-the-callers": both,
  "lifecycle/order/part-of-a-buffer": both,
  "lifecycle/shared-parameters/*": training,
  "lifecycle/models/*": training,
  "determinism/*": training,
}).map(([pattern, reason]) => ({ case: pattern, reason }));
