import { describe, expect, inject, it } from "vitest";
import { packedPackages } from "./pack.js";
import { publishProblems } from "./publish-problems.js";
import { typeProblems } from "./type-problems.js";

const packed = packedPackages(inject("tarballs")).map((each) => [each.manifest.name, each] as const);

describe.each(packed)("the tarball of %s", (_, each) => {
  it("is as publint wants it", async () => {
    expect(await publishProblems(each)).toEqual([]);
  });

  it("has types that resolve as its modules do", async () => {
    expect(await typeProblems(each.tarball)).toEqual([]);
  });
});
