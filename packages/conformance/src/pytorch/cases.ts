import { present } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check } from "../check/check.js";
import type { GradientAllowance } from "../check/network.js";
import {
  type NetworkAllowance,
  networkAllowance,
  type RunAllowance,
  runAllowance,
  sampledForwardAllowance,
  sampledGradientAllowance,
  sampledRunAllowance,
} from "./allowances.js";
import { type CatalogEntry, type CatalogRun, catalog } from "./catalog.js";
import { checkForward, checkGradients, checkRun, runCompileOptions } from "./check-fixture.js";
import { type FixtureRun, type PyTorchFixture, parsePyTorchFixture } from "./fixture.js";

const GROUP = "pytorch";
const SHARED = { source: "PyTorch 2.13 float64", needs: ["fixtures"] } as const;
/** Longer runs are trajectories. */
const MOST_STEPS_OF_STEP_LEVEL = 2;

/** The output of every layer of each fixture's network. */
export function forwardOfPyTorch(): readonly ConformanceCase[] {
  return catalog.map((entry) => ({
    ...SHARED,
    id: caseId("forward", GROUP, entry.file, { batch: entry.batch }),
    plan: "with weights and input from the fixture's seed the output of every layer is PyTorch's",
    quick: entry.quick,
    run: async (context) => {
      const fixture = await readFixture(context, entry);
      const model = await context.compile(fixture.architecture, { maxBatch: entry.batch });
      await checkForward(model, fixture, forwardAllowance(context, fixture));
    },
  }));
}

/** The loss and every gradient of each fixture's network. */
export function gradientsOfPyTorch(): readonly ConformanceCase[] {
  return catalog.map((entry) => ({
    ...SHARED,
    id: caseId("gradients", GROUP, entry.file, { batch: entry.batch }),
    plan: "with weights, input and labels from the fixture's seed the loss and gradients are PyTorch's",
    quick: entry.quick,
    run: async (context) => {
      const fixture = await readFixture(context, entry);
      const model = await context.compile(fixture.architecture, { maxBatch: entry.batch });
      await checkGradients(model, fixture, await gradientAllowance(context, fixture));
    },
  }));
}

/** One and two steps of each optimizer. */
export function stepsOfPyTorch(): readonly ConformanceCase[] {
  return runCases("step", ({ steps }) => steps <= MOST_STEPS_OF_STEP_LEVEL);
}

/** Runs of 20 steps and more, in shuffled batches, the last one of each epoch being partial. */
export function trajectoriesOfPyTorch(): readonly ConformanceCase[] {
  return runCases("trajectory", ({ steps }) => steps > MOST_STEPS_OF_STEP_LEVEL);
}

function runCases(
  level: "step" | "trajectory",
  belongs: (run: CatalogRun) => boolean,
): readonly ConformanceCase[] {
  return catalog.flatMap((entry) =>
    entry.runs.filter(belongs).map(
      ({ id, steps, quick }): ConformanceCase => ({
        ...SHARED,
        id: caseId(level, GROUP, entry.file, { run: id, steps }),
        plan: `losses, scores and updates of ${steps === 1 ? "a training step" : `${steps} training steps`} are PyTorch's`,
        quick,
        run: async (context) => {
          const fixture = await readFixture(context, entry);
          const run = runOf(fixture, id);
          const model = await context.compile(
            fixture.architecture,
            runCompileOptions(fixture.architecture, run),
          );
          await checkRun(model, fixture.architecture, run, await allowanceOfRun(context, fixture, run));
        },
      }),
    ),
  );
}

function forwardAllowance(
  context: CaseContext,
  fixture: PyTorchFixture,
): Pick<NetworkAllowance, "activations"> {
  return context.arithmetic === "f32" ? networkAllowance(fixture) : sampledForwardAllowance(context);
}

async function gradientAllowance(context: CaseContext, fixture: PyTorchFixture): Promise<GradientAllowance> {
  return context.arithmetic === "f32"
    ? networkAllowance(fixture)
    : sampledGradientAllowance(context, fixture);
}

async function allowanceOfRun(
  context: CaseContext,
  fixture: PyTorchFixture,
  run: FixtureRun,
): Promise<RunAllowance> {
  return context.arithmetic === "f32" ? runAllowance(run) : sampledRunAllowance(context, fixture, run);
}

async function readFixture({ host }: CaseContext, { file }: CatalogEntry): Promise<PyTorchFixture> {
  check(host.readFixture !== undefined, "host: expected one that has fixtures");
  return parsePyTorchFixture(JSON.parse(await host.readFixture(`pytorch/${file}.json`)));
}

function runOf({ runs }: PyTorchFixture, id: string): FixtureRun {
  return present(
    runs.find((candidate) => candidate.id === id),
    `the fixture's run ${id}`,
  );
}
