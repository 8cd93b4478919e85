import { ConformanceFailure } from "../failure.js";

/**
 * Waits for `work` as long as `timeoutMs`: a call that never ends must not hide the other cases.
 *
 * Throws: `ConformanceFailure` at the deadline; what `work` throws.
 */
export async function withDeadline<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ConformanceFailure(`not done after ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
