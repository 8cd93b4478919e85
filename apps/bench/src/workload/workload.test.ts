import { builtinRecipe } from "@nin/spec";
import { expect, it } from "vitest";
import { tinyArchitecture } from "../testing/fake-targets.js";
import { firstOf } from "./loaded-job.js";
import { l2Norm, updatesOf } from "./norms.js";
import { readJob } from "./read-job.js";
import { checkedImageCount, Workload, withoutDropout } from "./workload.js";

it("a job is read as it was written; a batch repeats its first eight images and labels", async () => {
  const architecture = tinyArchitecture();
  const workload = await Workload.write(architecture, builtinRecipe("d2l"), 20);
  try {
    const job = await readJob(await workload.job({ mode: "train", batch: 20, threads: 1, precision: "f32" }));
    expect(job.architecture).toEqual(architecture);
    expect([...job.parameters.keys()]).toContain("net.2.4.bias");
    expect(job.input.shape).toEqual([20, 1, 6, 6]);
    const { input, labels } = firstOf(job, 8);
    expect(job.input.data.slice(8 * 36, 16 * 36)).toEqual(input.data);
    expect(job.input.data.slice(16 * 36)).toEqual(input.data.slice(0, 4 * 36));
    expect([...labels]).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    expect([...job.labels.slice(8, 16)]).toEqual([...labels]);
    expect(new Set(input.data).size).toBeGreaterThan(8 * 30);
  } finally {
    await workload.remove();
  }
});

it("the correctness looks at eight images, or at one", () => {
  expect([1, 7, 8, 100].map(checkedImageCount)).toEqual([1, 1, 8, 8]);
});

it("nothing is dropped without dropout", () => {
  const rates = withoutDropout(tinyArchitecture()).layers.flatMap((layer) =>
    layer.kind === "dropout" ? [layer.rate] : [],
  );
  expect(rates).toEqual([0]);
});

it("an update is how far a parameter moved", () => {
  const tensor = (...data: readonly number[]) => ({ shape: [data.length], data: Float64Array.from(data) });
  expect(l2Norm([3, 4])).toBe(5);
  expect(updatesOf(new Map([["a", tensor(4, 6)]]), new Map([["a", tensor(1, 2)]]))).toEqual({ a: 5 });
});
