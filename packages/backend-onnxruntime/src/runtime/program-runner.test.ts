import { expect, it } from "vitest";
import { scalar } from "../graph/arithmetic.js";
import { GraphBuilder } from "../graph/graph-builder.js";
import type { Program } from "../programs/program.js";
import { cpuPlatform } from "../testing/cpu-platform.js";
import { DEVICE_TRAITS } from "./device-traits.js";
import { ProgramRunner } from "./program-runner.js";

function constant(value: number): Program {
  const graph = new GraphBuilder(DEVICE_TRAITS.cpu.dialect);
  graph.output(scalar(graph, value), "value");
  return { graph, parameters: new Map() };
}

it("compiles a program again that could not be compiled, and frees the others nevertheless", async () => {
  const runner = new ProgramRunner({ device: "cpu", threads: 1 }, cpuPlatform);
  const broken = () => {
    throw new Error("no such program");
  };
  await expect(runner.compiled("a", broken)).rejects.toThrow("no such program");
  // Asked for and not waited for: its failure is nobody's, and must not end the process.
  void runner.compiled("b", broken);
  const right = await runner.compiled("c", () => constant(3));
  await runner.release();
  await expect(right.run({})).rejects.toThrow();
  const again = await runner.compiled("a", () => constant(4));
  expect((await again.run({})).value?.data).toEqual(Float32Array.of(4));
  await runner.release();
});
