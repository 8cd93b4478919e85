/**
 * A value that the code takes to be there and that is not: a mistake of ours, never of the user's input.
 *
 * It has no `code`, so that the command reports it as an unexpected error.
 */
export class InternalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InternalError";
  }
}

/**
 * `value`, which the caller knows to be there. In a hot loop `present(list[index])` keeps the access at the
 * call's own place, where an engine specialises it; elsewhere `at` and `entry` say more when they fail.
 *
 * @param what - names the value in the error, as a noun phrase
 * @throws {@link InternalError} when it is `undefined` or `null`
 */
export function present<T>(value: T | null | undefined, what = "a value"): T {
  if (value === undefined || value === null) throw new InternalError(`${what} is missing`);
  return value;
}

/**
 * The element at `index`, from the end where it is negative.
 *
 * @throws {@link InternalError} when there is none
 */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index < 0 ? list.length + index : index];
  if (value === undefined) {
    throw new InternalError(`there is no element ${index} in a list of ${list.length}`);
  }
  return value;
}

/**
 * What `map` has under `key`.
 *
 * @throws {@link InternalError} when it has nothing there
 */
export function entry<K, V>(map: { get(key: K): V | undefined }, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new InternalError(`there is no entry ${String(key)}`);
  return value;
}
