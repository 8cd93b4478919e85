import type { TensorFlow } from "../runtime/tensorflow.js";

/**
 * Runs work without TensorFlow.js's own messages on the console: that there is a faster package, that two
 * copies of it know the same kernels. It writes none in what it calls production.
 */
export async function silently<Result>(
  tf: TensorFlow,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const environment = tf.env();
  const before = environment.getBool("PROD");
  environment.set("PROD", true);
  try {
    return await work();
  } finally {
    environment.set("PROD", before);
  }
}
