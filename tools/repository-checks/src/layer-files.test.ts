import { layerKindNames } from "@nin/spec";
import { expect, it } from "vitest";
import { committedFiles } from "./repository.js";

/** The name that the file of each kind has; a block is made of kinds. */
const primitiveKinds = layerKindNames
  .filter((name) => name !== "ninBlock")
  .map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
const KIND = /^packages\/spec\/src\/layers\/([^/.]+)\.ts$/;
/** What is there in addition to the kinds: their interface, helpers of several, and the block that is made of kinds. */
const NOT_A_KIND = ["index", "layer-kind", "nin-block", "pool2d", "tensor", "window"];

it("conformance and every backend have a file for each layer kind, of the name it has in spec", () => {
  const paths = committedFiles().map(({ path }) => path);
  const kinds = paths
    .map((path) => KIND.exec(path)?.[1] ?? "index")
    .filter((name) => !NOT_A_KIND.includes(name));
  const backends = [...new Set(paths.flatMap((path) => /^packages\/backend-[^/]+/.exec(path)?.[0] ?? []))];
  expect(kinds.toSorted()).toEqual(primitiveKinds.toSorted());
  expect(backends).toContain("packages/backend-reference");
  for (const folder of [...backends, "packages/conformance"]) {
    expect(paths).toEqual(expect.arrayContaining(kinds.map((kind) => `${folder}/src/layers/${kind}.ts`)));
  }
});
