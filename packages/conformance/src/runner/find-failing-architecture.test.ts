import type { Backend, Model } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { type Architecture, parseArchitecture, present } from "@nin/spec";
import { expect, test } from "vitest";
import { findFailingArchitecture } from "./find-failing-architecture.js";

const reference = createReferenceBackend();

/** The reference, with scores that are too large by a thousandth for some architectures. */
function wrongOn(isWrong: (architecture: Architecture) => boolean): Backend {
  return {
    ...reference,
    compile: async (architecture, options) => {
      const model: Model = await reference.compile(architecture, options);
      if (!isWrong(architecture)) return model;
      const predict = model.predict.bind(model);
      model.predict = async (batch) => {
        const { shape, data } = await predict(batch);
        return { shape, data: data.map((value) => 1.001 * value) };
      };
      return model;
    },
  };
}

test("finds nothing in the reference", async () => {
  const progress: number[] = [];
  const result = await findFailingArchitecture(reference, {
    seed: 1,
    count: 20,
    onProgress: ({ tried }) => progress.push(tried),
  });
  expect(result).toMatchObject({ tried: 20 });
  expect(result.failure).toBeUndefined();
  expect(result.withoutValues).toBeLessThanOrEqual(4);
  expect(result.withoutSteps).toBeLessThanOrEqual(4);
  expect(progress.at(-1)).toBe(20);
});

test("shrinks a failure to the smallest architecture, and gives it as JSON", async () => {
  const backend = wrongOn(({ layers }) =>
    layers.some((layer) => layer.kind === "avgPool2d" && layer.ceilMode),
  );
  const { failure } = await findFailingArchitecture(backend, { seed: 2, count: 200 });
  const { detail, text, batch, shrinks, ...found } = present(failure, "a failing architecture");
  expect(detail).toMatch(/^scores: relative L2 error 1\.00e-3, allowed 0\.00002/);
  const architecture = parseArchitecture(JSON.parse(text));
  expect(architecture).toEqual(found.architecture);
  const body = architecture.layers.filter(
    ({ kind }) => !["flatten", "linear", "globalAvgPool2d"].includes(kind),
  );
  expect(architecture.layers.length).toBeLessThanOrEqual(4);
  expect(body.filter(({ kind }) => kind === "avgPool2d")).toHaveLength(1);
  expect(batch).toBe(1);
  expect(shrinks).toBeGreaterThan(0);
});

test("the same seed tries the same architectures, another seed others", async () => {
  const textOf = async (seed: number): Promise<string | undefined> => {
    const found = await findFailingArchitecture(
      wrongOn(({ layers }) => layers.length > 2),
      { seed, count: 50 },
    );
    return found.failure?.text;
  };
  expect(await textOf(5)).toBe(await textOf(5));
  expect(await textOf(5)).toBeDefined();
});

test("stops when its signal is aborted", async () => {
  const controller = new AbortController();
  const searching = findFailingArchitecture(reference, {
    seed: 1,
    count: 1000,
    signal: controller.signal,
    onProgress: ({ tried }) => {
      if (tried === 3) controller.abort(new Error("enough"));
    },
  });
  await expect(searching).rejects.toThrow("enough");
});
