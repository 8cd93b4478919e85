import { at, builtinArchitecture } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { identityOf } from "../cases/case-context.js";
import { caseName } from "../result/format.js";
import { planBench } from "./plan.js";
import { Schedule } from "./tasks.js";

const names = (options: Parameters<typeof planBench>[0]): readonly string[] =>
  planBench(options).cases.map((plan) => caseName(identityOf(plan)));

describe("what is measured", () => {
  it("is a small network where it is quick, within two minutes", () => {
    expect(names({ quick: true })).toEqual(["nin-mnist, batch 8, train", "nin-mnist, batch 8, forward"]);
    expect(planBench({ quick: true }).budgetMs).toBeLessThan(120_000);
  });

  it("is by default both networks, with batches to scale over, within fifteen minutes", () => {
    expect(names({})).toEqual([
      "nin, batch 32, train",
      "nin, batch 8, train",
      "nin, batch 32, forward",
      "nin-mnist, batch 32, train",
      "nin-mnist, batch 1, train",
      "nin-mnist, batch 8, train",
      "nin-mnist, batch 128, train",
      "nin-mnist, batch 32, forward",
      "nin-mnist, batch 32, epoch",
    ]);
    const { budgetMs, layers, accuracy } = planBench({});
    expect(budgetMs).toBeLessThan(900_000);
    expect(layers.map(({ model }) => model)).toEqual(["nin", "nin-mnist"]);
    expect(accuracy.map(({ model }) => model)).toEqual(["nin-mnist"]);
  });

  it("is what was asked for", () => {
    const models = [{ name: "nin-cifar10", architecture: builtinArchitecture("nin-cifar10") }];
    expect(names({ models, batches: [4, 2], sections: ["forward"], precisions: ["f32", "mixed"] })).toEqual([
      "nin-cifar10, batch 4, forward",
      "nin-cifar10, batch 2, forward",
      "nin-cifar10, batch 4, forward, mixed",
      "nin-cifar10, batch 2, forward, mixed",
    ]);
  });
});

describe("options of a run", () => {
  const models = [{ name: "nin", architecture: builtinArchitecture("nin") }];

  it("keeps images in the session at the network's size, or at another", () => {
    const sections = ["train", "forward", "epoch"] as const;
    expect(names({ models, sections, resident: "network" })).toEqual([
      "nin, batch 32, train, resident 224x224",
      "nin, batch 8, train, resident 224x224",
      "nin, batch 32, forward, resident 224x224",
      "nin, batch 32, epoch",
    ]);
    expect(names({ models, sections: ["train"], batches: [2], resident: { height: 28, width: 30 } })).toEqual(
      ["nin, batch 2, train, resident 28x30"],
    );
  });

  it("measures memory only when asked, at every batch size and precision", () => {
    expect(planBench({}).memory).toEqual([]);
    const { cases, memory } = planBench({ models, sections: ["memory"], precisions: ["f32", "mixed"] });
    expect(cases).toEqual([]);
    expect(memory.map(({ batch, precision }) => `${batch} ${precision}`)).toEqual([
      "32 f32",
      "8 f32",
      "32 mixed",
      "8 mixed",
    ]);
  });

  it("does as many rounds as asked, of as long slices", () => {
    expect(planBench({ rounds: 7, sliceMs: 100 }).pace).toMatchObject({
      minRounds: 7,
      maxRounds: 7,
      sliceMs: 100,
    });
  });
});

describe("a run's time", () => {
  it("is shared by weight, and what one leaves over is the others'", async () => {
    const schedule = new Schedule(1000);
    const given: number[] = [];
    for (const weight of [1, 1, 2]) {
      schedule.add(weight, async (budgetMs) => {
        given.push(budgetMs);
      });
    }
    await schedule.run(new AbortController().signal);
    const [first, second, third] = [at(given, 0), at(given, 1), at(given, 2)];
    expect(first).toBeGreaterThan(200);
    expect(first).toBeLessThanOrEqual(250);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(900);
  });

  it("ends at a signal", async () => {
    const controller = new AbortController();
    const schedule = new Schedule(1000);
    const done: string[] = [];
    schedule.add(1, async () => {
      done.push("first");
      controller.abort();
    });
    schedule.add(1, async () => {
      done.push("second");
    });
    await schedule.run(controller.signal);
    expect(done).toEqual(["first"]);
  });
});
