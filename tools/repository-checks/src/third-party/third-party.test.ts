import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../repository.js";
import { installedThirdParties } from "./installed.js";

const PERMISSIVE = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "(MIT OR CC0-1.0)"];

/** A shared library in a package of its own, which sharp loads and anyone may replace. */
const LIBVIPS = "@img/sharp-libvips-PLATFORM LGPL-3.0-or-later";

const parties = installedThirdParties();

it("THIRD-PARTY-NOTICES.md has a row for every package that is installed with ours, and no other", () => {
  const notices = readFileSync(join(root, "THIRD-PARTY-NOTICES.md"), "utf8");
  const rows = [...notices.matchAll(/^\| (\S+) +\| (\d\S+) +\| ([^|]+?) +\|/gm)].map((row) =>
    row.slice(1, 4),
  );
  const expected = parties.map(({ name, version, licence }) => [name, version, licence]);
  expect([...rows].sort(byName)).toEqual(expected);
});

it("they all have licences that may be combined with ours", () => {
  expect(parties.length).toBeGreaterThan(10);
  const others = parties.filter(({ licence }) => !PERMISSIVE.includes(licence));
  expect(others.map(({ name, licence }) => `${name} ${licence}`)).toEqual([LIBVIPS]);
});

function byName(a: readonly string[], b: readonly string[]): number {
  return a.slice(0, 2).join(" ") < b.slice(0, 2).join(" ") ? -1 : 1;
}
