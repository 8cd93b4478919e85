import { type ScoresNorm, type Slice, sliceLie } from "./validity";
import { endRunner, endWithError, type Runner } from "./runner";

/** So many losses are kept, for the curves. */
const KEPT_LOSSES = 100;

/**
 * Has a contestant run so many steps. Undefined when it failed or cannot be believed: it is out then.
 */
export async function runSlice(
  runner: Runner,
  steps: number,
  timeoutMs: number,
  scoresNorm?: ScoresNorm,
): Promise<Slice | undefined> {
  const begin = performance.now();
  try {
    const answer = await runner.process.ask({ do: "run", steps }, timeoutMs);
    const slice: Slice = { steps, answer, wallMs: performance.now() - begin };
    runner.steps += steps;
    runner.losses = [...runner.losses, ...answer.losses].slice(0, KEPT_LOSSES);
    const lie = sliceLie(slice, scoresNorm);
    if (lie === undefined) return slice;
    endRunner(runner, "wrong", lie);
  } catch (error) {
    endWithError(runner, error);
  }
  return undefined;
}
