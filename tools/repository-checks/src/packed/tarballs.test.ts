import { readFile } from "node:fs/promises";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, inject, it } from "vitest";
import { type PackedPackage, packedPackages } from "./pack.js";

/** Resolutions in which a package of ES modules alone cannot be loaded: not offered. */
const NOT_OFFERED: readonly string[] = ["node10", "node16-cjs"];

const packed = packedPackages(inject("tarballs")).map((each) => [each.manifest.name, each] as const);

describe.each(packed)("the tarball of %s", (_, each) => {
  it("is as publint wants it", async () => {
    expect(await publishProblems(each)).toEqual([]);
  });

  it("has types that resolve as its modules do", async () => {
    expect(await typeProblems(each.tarball)).toEqual([]);
  });
});

/** What publint has against a tarball, suggestions included. */
async function publishProblems({ manifest, tarball }: PackedPackage): Promise<readonly string[]> {
  const bytes = await readFile(tarball);
  const { messages } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
    strict: true,
  });
  return messages.map((message) => formatMessage(message, manifest, { color: false }) ?? message.code);
}

/** What is wrong with a tarball's types for those who import it as ES modules. */
async function typeProblems(tarball: string): Promise<readonly Problem[]> {
  const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  if (analysis.types === false) throw new Error(`${tarball} has no types`);
  return analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && NOT_OFFERED.includes(problem.resolutionKind)),
  );
}
