import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { outOption, positiveInteger } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { measureMemory } from "./memory.js";
import { measureReading } from "./reading.js";
import { measureThroughput, type Rounds } from "./throughput.js";

const PARTS = ["throughput", "reading", "memory"] as const;

interface Options extends Rounds {
  readonly only?: readonly (typeof PARTS)[number][];
  readonly memory: number;
  readonly out?: string;
}

export function storedDataCommand(): Command {
  return new Command("stored-data")
    .description("what it costs to train on images in a cache file instead of memory")
    .addOption(new Option("--only <parts...>", "what to measure").choices(PARTS).default(PARTS, "everything"))
    .option("--rounds <n>", "rounds of training from memory and from the file in turn", positiveInteger, 11)
    .option("--steps <n>", "number of steps in a round", positiveInteger, 200)
    .option("--threads <n>", "threads of the processor to train on", positiveInteger)
    .option(
      "--memory <MiB>",
      "data memory; the set that must not fill it is ten times as large",
      positiveInteger,
      256,
    )
    .addOption(outOption())
    .action(async ({ only = PARTS, memory, out, ...rounds }: Options) => {
      const folder = await mkdtemp(join(tmpdir(), "nin-stored-data-"));
      try {
        const result = {
          format: "nin-stored-data",
          version: 1,
          environment: await environment(),
          ...(only.includes("throughput") && { throughput: await measureThroughput(folder, rounds) }),
          ...(only.includes("reading") && { reading: await measureReading(folder) }),
          ...(only.includes("memory") && { memory: await measureMemory(folder, memory * 2 ** 20) }),
        };
        if (out !== undefined) await writeResult(out, result);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
}
