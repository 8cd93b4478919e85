/** Skips a test by name for what the machine lacks, or fails it when `NIN_REQUIRE` names it. */
export function lacking(name: string, why: string, skip: (reason: string) => void): void {
  const required = (process.env.NIN_REQUIRE ?? "").split(",").map((entry) => entry.trim());
  if (required.includes(name)) throw new Error(`NIN_REQUIRE names ${name}, but ${why}`);
  skip(`${name}: ${why}`);
}
