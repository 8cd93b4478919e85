import type { Parameters } from "@nin/spec";

/** sqrt(sum of x^2). */
export function l2Norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += (values[index] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** How far each parameter is from where it began: the L2 norm of the change, by name. */
export function updatesOf(now: Parameters, before: Parameters): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...now].map(([name, { data }]) => {
      const start = before.get(name)?.data;
      return [name, l2Norm(Float64Array.from(data, (value, index) => value - (start?.[index] ?? 0)))];
    }),
  );
}
