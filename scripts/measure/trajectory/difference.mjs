/** As `clamp_min` in scripts/pytorch/spread.py: nothing compared with nothing is 0. */
const SMALLEST = 1e-300;

/** A segment's differences from the oracle: relative, of every loss; relative L2, of logits and updates. */
export function differencesOf(actual, expected) {
  return {
    losses: actual.losses.map(
      (loss, at) => Math.abs(loss - expected.losses[at]) / Math.abs(expected.losses[at]),
    ),
    logits: relativeL2(actual.logits, expected.logits),
    updates: Object.fromEntries(
      [...expected.updates].map(([name, update]) => [name, relativeL2(actual.updates.get(name), update)]),
    ),
  };
}

/** How far each parameter moved, in float64. */
export function updatesOf(before, after) {
  return new Map(
    [...after].map(([name, { data }]) => [
      name,
      Float64Array.from(data, (value, at) => value - before.get(name).data[at]),
    ]),
  );
}

function relativeL2(actual, expected) {
  if (actual.length !== expected.length)
    throw new Error(`expected ${expected.length} values, got ${actual.length}`);
  let error = 0;
  let size = 0;
  for (let at = 0; at < expected.length; at += 1) {
    error += (actual[at] - expected[at]) ** 2;
    size += expected[at] ** 2;
  }
  return Math.sqrt(error) / Math.max(Math.sqrt(size), SMALLEST);
}
