/** Whether `NIN_REQUIRE` says that a test may not be skipped for want of this. */
export function isRequired(name: string): boolean {
  return (process.env.NIN_REQUIRE ?? "").split(",").some((entry) => entry.trim() === name);
}

/** Skips a test by name for what the machine lacks, or fails it when `NIN_REQUIRE` names it. */
export function lacking(name: string, why: string, skip: (reason: string) => void): void {
  if (isRequired(name)) throw new Error(`NIN_REQUIRE names ${name}, but ${why}`);
  skip(`${name}: ${why}`);
}
