import type { Backend, Model } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { describe, expect, test } from "vitest";
import type { CaseContext, ConformanceCase } from "../case/case.js";
import { smallArchitecture } from "../networks/small.js";
import type { CaseResult } from "../report/report.js";
import { runConformance } from "./run-conformance.js";

const backend = createReferenceBackend();
/** The reference, which claims to have three devices. */
const manyDevices: Backend = {
  ...backend,
  devices: async () => [
    { id: "npu", name: "a chip", available: false, reason: "no driver; install it" },
    { id: "gpu", name: "a GPU", available: true },
    { id: "cpu", name: "a processor", available: true },
  ],
};
const statuses = ({ cases }: { readonly cases: readonly CaseResult[] }) =>
  cases.map(({ id, status }) => `${id} ${status}`);

test("counts every case once, and reports each as it ends", async () => {
  const reported: string[] = [];
  const report = await runConformance(backend, {
    cases: [
      sampleCase("shapes/a/passes"),
      failingCase("forward/b/fails"),
      sampleCase("files/c/needs", undefined, { needs: ["files", "memory"] }),
      failingCase("step/d/expected"),
      sampleCase("step/d/unexpected"),
    ],
    expectedFailures: [{ case: "step/d/*", reason: "the runtime rounds twice" }],
    onResult: ({ id }, { done, total }) => reported.push(`${done}/${total} ${id}`),
  });
  expect(report).toMatchObject({ passed: 1, failed: 2, skipped: 1, expectedFailures: 1 });
  expect(statuses(report)).toEqual([
    "shapes/a/passes passed",
    "forward/b/fails failed",
    "files/c/needs skipped",
    "step/d/expected expectedFailure",
    "step/d/unexpected unexpectedPass",
  ]);
  expect(report.cases.map(({ detail }) => detail)).toEqual([
    undefined,
    "Error: it differs",
    "this host lacks: files, memory",
    "the runtime rounds twice (Error: it differs)",
    "expected to fail, and passes: the runtime rounds twice",
  ]);
  expect(reported[4]).toBe("5/5 step/d/unexpected");
});

describe("the selection of cases", () => {
  const cases = [
    sampleCase("shapes/a/one"),
    sampleCase("shapes/a/two", undefined, { quick: false }),
    sampleCase("forward/a/one"),
  ];

  test.each([
    [{ filter: "a/one" }, ["shapes/a/one", "forward/a/one"]],
    [{ filter: "shapes/" }, ["shapes/a/one", "shapes/a/two"]],
    [{ quick: true }, ["shapes/a/one", "forward/a/one"]],
    [{ quick: true, filter: "shapes" }, ["shapes/a/one"]],
  ])("%o", async (selection, expected) => {
    const report = await runConformance(backend, { cases, ...selection });
    expect(report.cases.map(({ id }) => id)).toEqual(expected);
  });

  test("is refused where no case is left", async () => {
    await expect(runConformance(backend, { cases, filter: "two", quick: true })).rejects.toMatchObject({
      code: "NIN_CONFORMANCE_OPTION",
    });
  });
});

describe("in mixed precision", () => {
  const cases = [
    sampleCase("forward/a/compiled", async ({ compile, arithmetic, tolerances }) => {
      await compile(smallArchitecture);
      expect([arithmetic, tolerances.smallCase]).toEqual(["mixed", 2 ** -9]);
    }),
    sampleCase("gradients/a/excluded", undefined, { notIn: { mixed: "a value at a kink" } }),
  ];

  test("models are compiled with it, and excluded cases are skipped by name", async () => {
    const asked: unknown[] = [];
    const half: Backend = {
      ...backend,
      compile: (architecture, { precision, ...options } = {}) => {
        asked.push(precision);
        return backend.compile(architecture, options);
      },
    };
    const report = await runConformance(half, { cases, precision: "mixed" });
    expect(statuses(report)).toEqual(["forward/a/compiled passed", "gradients/a/excluded skipped"]);
    expect(report.cases[1]?.detail).toBe("not judged in mixed precision: a value at a kink");
    expect(new Set(asked)).toEqual(new Set(["mixed"]));
    expect(statuses(await runConformance(backend, { cases: cases.slice(1) }))).toEqual([
      "gradients/a/excluded passed",
    ]);
  });

  test("a backend without it is refused once instead of failing every case", async () => {
    const reported: string[] = [];
    const run = runConformance(backend, {
      cases,
      precision: "mixed",
      onResult: ({ id }) => reported.push(id),
    });
    await expect(run).rejects.toMatchObject({ code: "NIN_UNSUPPORTED" });
    expect(reported).toEqual([]);
  });
});

describe("expected failures", () => {
  const lists: Backend = {
    ...manyDevices,
    expectedFailures: [{ case: "forward/b/fails", device: "gpu", reason: "the driver loses a digit" }],
  };
  const cases = [failingCase("forward/b/fails")];

  test("that the backend lists hold on the device they name", async () => {
    expect(await runConformance(lists, { cases, device: "gpu" })).toMatchObject({ expectedFailures: 1 });
    expect(await runConformance(lists, { cases, device: "cpu" })).toMatchObject({ failed: 1 });
    expect(await runConformance(lists, { cases })).toMatchObject({ expectedFailures: 1 });
  });

  test("that name no case of the suite, or have no reason, are refused", async () => {
    for (const expectedFailures of [
      [{ case: "forward/no/such", reason: "a typing error" }],
      [{ case: "forward/ties/*", reason: " " }],
    ]) {
      await expect(runConformance(backend, { expectedFailures })).rejects.toMatchObject({
        code: "NIN_CONFORMANCE_OPTION",
      });
    }
  });
});

describe("models", () => {
  const compileTwice = async ({ compile, oracle }: CaseContext): Promise<Model[]> => [
    await compile(smallArchitecture),
    await oracle(smallArchitecture),
  ];

  test("are disposed of when their case ends, also when it fails", async () => {
    const kept: Model[] = [];
    const report = await runConformance(backend, {
      cases: [
        sampleCase("shapes/a/passes", async (context) => void kept.push(...(await compileTwice(context)))),
        sampleCase("shapes/a/fails", async (context) => {
          kept.push(...(await compileTwice(context)));
          throw new Error("it differs");
        }),
      ],
    });
    expect(statuses(report)).toEqual(["shapes/a/passes passed", "shapes/a/fails failed"]);
    expect(kept).toHaveLength(4);
    for (const model of kept) {
      await expect(model.readParameters()).rejects.toMatchObject({ code: "NIN_DISPOSED" });
    }
  });

  test("make their case fail if they cannot be disposed of", async () => {
    const broken: Backend = {
      ...backend,
      compile: async (architecture) => {
        const model = await backend.compile(architecture);
        model.dispose = () => Promise.reject(new Error("the device is lost"));
        return model;
      },
    };
    const cases = [sampleCase("shapes/a/b", async (context) => void (await compileTwice(context)))];
    const [result] = (await runConformance(broken, { cases })).cases;
    expect(result).toMatchObject({
      status: "failed",
      detail: "disposing of its models: Error: the device is lost",
    });
  });

  test("are disposed of if they are compiled after their case has timed out", async () => {
    let late: Model | undefined;
    let finish: () => void = () => {};
    const compiled = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow: Backend = {
      ...backend,
      compile: async (architecture) => {
        await compiled;
        late = await backend.compile(architecture);
        return late;
      },
    };
    const cases = [
      sampleCase("shapes/a/b", async (context) => void (await context.compile(smallArchitecture))),
    ];
    const [result] = (await runConformance(slow, { cases, timeoutMs: 20 })).cases;
    expect(result).toMatchObject({ status: "failed", detail: "not done after 20 ms" });
    finish();
    await expect.poll(() => late).toBeDefined();
    await expect.poll(() => late?.readParameters().catch(({ code }) => code)).toBe("NIN_DISPOSED");
  });
});

test("options reach the backend and the case", async () => {
  const given: unknown[] = [];
  const asking: Backend = {
    ...manyDevices,
    compile: (architecture, options) => {
      given.push(options);
      return backend.compile(architecture);
    },
  };
  const cases = [
    sampleCase("shapes/a/b", async ({ compile, seed, options }) => {
      given.push(seed, options);
      await compile(smallArchitecture, { maxBatch: 3 });
    }),
  ];
  await runConformance(asking, { cases, device: "gpu", threads: 2, seed: 7 });
  expect(given).toEqual([7, { device: "gpu", threads: 2 }, { device: "gpu", threads: 2, maxBatch: 3 }]);
});

test("a signal ends the run before its next case", async () => {
  const controller = new AbortController();
  const reported: string[] = [];
  const running = runConformance(backend, {
    cases: [sampleCase("shapes/a/one"), sampleCase("shapes/a/two")],
    signal: controller.signal,
    onResult: ({ id }) => {
      reported.push(id);
      controller.abort(new Error("enough"));
    },
  });
  await expect(running).rejects.toThrow("enough");
  expect(reported).toEqual(["shapes/a/one"]);
});

describe("the device", () => {
  const cases = [sampleCase("shapes/a/one", async ({ options }) => void seen.push(options))];
  const seen: object[] = [];

  test("is the given one, or the first that is usable", async () => {
    await runConformance(manyDevices, { cases, device: "cpu" });
    await runConformance(manyDevices, { cases });
    expect(seen).toEqual([{ device: "cpu" }, { device: "gpu" }]);
  });

  test.each([
    ["npu", "NIN_DEVICE_UNAVAILABLE", "reference: device npu is not available: no driver; install it"],
    ["tpu", "NIN_UNSUPPORTED", "reference: device tpu is not supported; expected one of npu, gpu, cpu"],
  ])("%s is refused before any case", async (device, code, message) => {
    await expect(runConformance(manyDevices, { cases, device })).rejects.toMatchObject({ code, message });
  });
});

/** A case for a test. */
function sampleCase(
  id: string,
  run: (context: CaseContext) => Promise<void> = async () => {},
  changes: Partial<ConformanceCase> = {},
): ConformanceCase {
  return { id, plan: "a case for a test", source: "none", quick: true, run, ...changes };
}

/** A case that fails. */
function failingCase(id: string): ConformanceCase {
  return sampleCase(id, () => Promise.reject(new Error("it differs")));
}
