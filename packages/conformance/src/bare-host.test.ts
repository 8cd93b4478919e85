import { createReferenceBackend } from "@nin/backend-reference";
import { expect, test } from "vitest";
import { runConformance } from "./index.js";

test("on a host of nothing, as in a browser, files are kept in memory, and what needs more is skipped by name", async () => {
  const backend = createReferenceBackend();
  const files = await runConformance(backend, { filter: "files/", quick: true });
  expect(files.cases.length).toBeGreaterThan(10);
  expect(files).toMatchObject({ passed: files.cases.length, failed: 0, skipped: 0 });
  const leak = await runConformance(backend, { filter: "lifecycle/models/leak" });
  expect(leak).toMatchObject({ passed: 0, skipped: 1, cases: [{ detail: "this host lacks: memory" }] });
});
