import type { EnvironmentDifference } from "../loop/events.js";
import type { TrainingEnvironment } from "./checkpoint.js";

/** What both know and is not the same. */
export function environmentDifferences(
  before: TrainingEnvironment,
  now: TrainingEnvironment,
): readonly EnvironmentDifference[] {
  return Object.entries(before).flatMap(([name, was]) => {
    const is = Object.hasOwn(now, name) ? now[name] : undefined;
    return is === undefined || is === was ? [] : [{ name, before: was, now: is }];
  });
}
