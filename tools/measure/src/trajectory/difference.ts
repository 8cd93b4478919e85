/** As `clamp_min` in scripts/pytorch/spread.py: nothing compared with nothing is 0. */
const SMALLEST = 1e-300;

/**
 * A segment's differences from the oracle: relative, of every loss; relative L2, of the logits and
 * of each parameter's update. Both updates are measured from the oracle's start, so an update's
 * difference is how far apart the parameters end, relative to how far the oracle moved them.
 *
 * @param actual,expected `{ losses, logits, parameters }`, `before` the oracle's parameters at the start
 */
export function differencesOf(actual, expected, before) {
  return {
    losses: actual.losses.map(
      (loss, at) => Math.abs(loss - expected.losses[at]) / Math.abs(expected.losses[at]),
    ),
    logits: ratioOfNorms(minus(actual.logits, expected.logits), expected.logits),
    updates: Object.fromEntries(
      [...expected.parameters].map(([name, { data }]) => [
        name,
        ratioOfNorms(minus(actual.parameters.get(name).data, data), minus(data, before.get(name).data)),
      ]),
    ),
  };
}

/** In float64. */
function minus(left, right) {
  if (left.length !== right.length) throw new Error(`expected ${right.length} values, got ${left.length}`);
  return Float64Array.from(left, (value, at) => value - right[at]);
}

function ratioOfNorms(error, size) {
  return norm(error) / Math.max(norm(size), SMALLEST);
}

function norm(values) {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
