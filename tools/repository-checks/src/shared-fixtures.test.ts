import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./repository.js";

it("the oracle and the suite that trusts it are held to the same numbers of PyTorch", () => {
  const [reference, conformance] = ["backend-reference", "conformance"].map((folder) =>
    readFileSync(join(root, "packages", folder, "fixtures/nin-base.json"), "utf8"),
  );
  expect(conformance).toBe(reference);
});
