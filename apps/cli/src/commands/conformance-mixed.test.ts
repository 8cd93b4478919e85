import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Backend } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { inNewFolder } from "@nin/test-support";
import { expect, it, vi } from "vitest";
import { runHere } from "../testing/in-process.js";

/** The reference, which takes exact factors for as good as float16's, and exact convolutions for as good as fast ones. */
function mixedBackend(): Backend {
  const reference = createReferenceBackend();
  return {
    ...reference,
    compile: (architecture, { precision, convolution, ...options } = {}) =>
      reference.compile(architecture, options),
  };
}

vi.mock("@nin/registry", () => ({ loadBackend: async () => mixedBackend() }));

const RUN = ["conformance", "--backend", "half", "--precision", "mixed"];

it("--precision mixed is named by every report", () =>
  inNewFolder(async (cwd) => {
    const flags = ["--device", "cpu", "--filter", "forward/relu/", "--out", "run.json", "--junit", "run.xml"];
    const { status, stdout } = await runHere([...RUN, ...flags], cwd);
    expect(status).toBe(0);
    expect(stdout).toContain("half on cpu in mixed precision: 6 cases passed\n");
    expect(await readFile(join(cwd, "run.xml"), "utf8")).toContain(
      '<testsuites name="half on cpu in mixed precision" tests="6"',
    );
    expect(JSON.parse(await readFile(join(cwd, "run.json"), "utf8"))).toMatchObject({ precision: "mixed" });
    const json = await runHere([...RUN, "--filter", "forward/relu/image", "--json"], cwd);
    expect(JSON.parse(json.stdout)).toMatchObject({ precision: "mixed", passed: 1, failed: 0 });
  }));

it("--convolution fast is named by every report", () =>
  inNewFolder(async (cwd) => {
    const run = ["conformance", "--backend", "half", "--device", "cpu", "--convolution", "fast"];
    const flags = ["--filter", "forward/relu/", "--out", "run.json", "--junit", "run.xml"];
    const { status, stdout } = await runHere([...run, ...flags], cwd);
    expect(status).toBe(0);
    expect(stdout).toContain("half on cpu with fast convolutions: 6 cases passed\n");
    expect(await readFile(join(cwd, "run.xml"), "utf8")).toContain(
      '<testsuites name="half on cpu with fast convolutions" tests="6"',
    );
    const saved = JSON.parse(await readFile(join(cwd, "run.json"), "utf8"));
    expect(saved).toMatchObject({ precision: "f32", convolution: "fast" });
    const json = await runHere([...run, "--filter", "forward/relu/image", "--json"], cwd);
    expect(JSON.parse(json.stdout)).toMatchObject({ convolution: "fast", passed: 1, failed: 0 });
  }));

it("says which cases it cannot judge", () =>
  inNewFolder(async (cwd) => {
    const { status, stdout } = await runHere([...RUN, "--filter", "gradients/network/nin:"], cwd);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /Skipped:\n {2}gradients\/network\/nin:batch=2\n {4}not judged in mixed precision: /,
    );
  }));
