/** Whether `NIN_REQUIRE` names something, so that no test may be skipped for lack of it. */
export function isRequired(name: string): boolean {
  return (process.env.NIN_REQUIRE ?? "").split(",").some((entry) => entry.trim() === name);
}

/**
 * Skips a test because the machine lacks something.
 *
 * @param name - as in CONTRIBUTING.md: `chromium`
 * @param why - what was found instead
 * @param skip - the test's own
 * @throws an `Error` when `NIN_REQUIRE` names it
 */
export function lacking(name: string, why: string, skip: (reason: string) => void): void {
  if (isRequired(name)) throw new Error(`NIN_REQUIRE names ${name}, but ${why}`);
  skip(`${name}: ${why}`);
}
