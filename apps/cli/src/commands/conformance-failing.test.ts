import type { Backend } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { parseArchitecture } from "@nin/spec";
import { inNewFolder } from "@nin/test-support";
import { expect, it, vi } from "vitest";
import { runHere } from "../testing/in-process.js";

/** The reference, whose scores are a thousandth too large. */
function wrongBackend(): Backend {
  const reference = createReferenceBackend();
  return {
    ...reference,
    compile: async (architecture, options) => {
      const model = await reference.compile(architecture, options);
      const predict = model.predict.bind(model);
      model.predict = async (batch) => {
        const { shape, data } = await predict(batch);
        return { shape, data: data.map((value) => 1.001 * value) };
      };
      return model;
    },
  };
}

vi.mock("@nin/registry", () => ({ loadBackend: async () => wrongBackend() }));

it("ends with status 1 when a case fails, and says what differs", () =>
  inNewFolder(async (cwd) => {
    const flags = ["--backend", "wrong", "--filter", "forward/relu/image"];
    const { status, stdout, stderr } = await runHere(["conformance", ...flags], cwd);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("wrong: 1 of 1 case failed\n");
    expect(stdout).toMatch(
      /Failed:\n {2}forward\/relu\/image:batch=2\n {4}scores: relative L2 error 1\.00e-3, allowed 0\.00002; largest difference at \[\d, \d\]: /,
    );
  }));

it("--random prints the smallest failing architecture, ready to be pasted", () =>
  inNewFolder(async (cwd) => {
    const { status, stdout } = await runHere(["conformance", "--backend", "wrong", "--random", "3"], cwd);
    expect(status).toBe(1);
    const [, text = ""] = /^ *(\{"format":.*\})$/m.exec(stdout) ?? [];
    expect(parseArchitecture(JSON.parse(text)).layers.length).toBeLessThanOrEqual(3);
  }));
