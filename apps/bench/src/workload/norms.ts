import { entry, type NamedTensors, present } from "@nin/spec";

/** sqrt(sum of x^2). */
export function l2Norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += present(values[index]) ** 2;
  return Math.sqrt(sum);
}

/** The L2 norm of the difference relative to that of what is expected; NaN where the lengths differ. */
export function relativeL2(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  const difference = Float64Array.from(actual, (value, index) => value - present(expected[index]));
  return l2Norm(difference) / l2Norm(expected);
}

/** How far each parameter is from its initial value: the L2 norm of the change, by name. */
export function updatesOf(now: NamedTensors, initial: NamedTensors): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...now].map(([name, { data }]) => {
      const start = entry(initial, name).data;
      return [name, l2Norm(Float64Array.from(data, (value, index) => value - present(start[index])))];
    }),
  );
}
