import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { at } from "@nin/spec";
import { Command, Option } from "commander";
import { outOption, positiveInteger } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { type Explained, explain } from "./explained.js";
import { measureResident, type Resident, type ResidentCase } from "./resident.js";

const MODELS = ["nin-mnist", "nin", "alexnet", "vgg11", "nin-xs", "nin-s", "nin-m", "nin-l", "nin-xl"];
const BATCH_SIZES = [32, 128];
const WORKS = ["inference", "training"] as const;
/** The largest part of the measured memory by which the explained one may differ. */
const TOLERANCE = 0.1;
/** With less, what differs between processes matters. */
const FEW_BYTES = 40e6;
/** The variable by which a process learns that it measures itself, and what. */
const CHILD = "NIN_RESOURCES_CASE";

/** Lets garbage be collected at will, and keeps JavaScript's own heap small, whose size is hard to tell from outside. */
const SMALL_HEAP = ["--expose-gc", "--max-semi-space-size=1"];
/**
 * Makes glibc give back what is freed. It would keep up to 32 MiB of each size for later, of what opened the network too,
 * so that a process has some megabytes more, which depend on everything that was allocated before.
 */
const GIVE_BACK = { MALLOC_MMAP_THRESHOLD_: "65536", MALLOC_TRIM_THRESHOLD_: "65536" };

interface Options {
  readonly model: readonly string[];
  readonly batch?: readonly number[];
  readonly work: readonly ResidentCase["work"][];
  readonly threads: number;
  readonly out?: string;
}

export function resourcesCommand(): Command {
  return new Command("resources")
    .description(
      "how much memory prediction and training take on ONNX Runtime's CPU device, by formula and measured",
    )
    .option("--model <names...>", "built-in networks", MODELS)
    .addOption(
      new Option("--batch <n...>", "numbers of images in a batch")
        .argParser((text, before: readonly number[] | undefined) => [
          ...(before ?? []),
          positiveInteger(text),
        ])
        .default(undefined, BATCH_SIZES.join(" ")),
    )
    .addOption(new Option("--work <works...>", "what is measured").choices(WORKS).default(WORKS))
    .option("--threads <n>", "number of threads", positiveInteger, availableParallelism())
    .addOption(outOption())
    .action(async (options: Options) => {
      const own = process.env[CHILD];
      if (own !== undefined) {
        const measured = await measureResident(JSON.parse(own) as ResidentCase);
        process.stdout.write(`${JSON.stringify(measured)}\n`);
        return;
      }
      const results = casesOf(options).map((each) => {
        const explained = explain(each);
        const result = resultOf(each, explained, measured(each));
        console.log(lineOf(result));
        return result;
      });
      if (options.out !== undefined) {
        const file = { format: "nin-resources", version: 1, environment: await environment() };
        await writeResult(options.out, { ...file, threads: options.threads, tolerance: TOLERANCE, results });
      }
      if (results.some(({ explained }) => Math.abs(explained - 1) > TOLERANCE)) process.exitCode = 1;
    });
}

function casesOf({ model, batch = BATCH_SIZES, work, threads }: Options): readonly ResidentCase[] {
  return model.flatMap((name) =>
    batch.flatMap((size) => work.map((each) => ({ model: name, batch: size, work: each, threads }))),
  );
}

/**
 * What is not a network's own differs by a megabyte or two from process to process: where that is more than a twentieth,
 * the median of five processes counts.
 */
function measured(each: ResidentCase): Resident {
  const first = measuredInProcess(each);
  if (peakOf(first) > FEW_BYTES) return first;
  const others = Array.from({ length: 4 }, () => measuredInProcess(each));
  return at(
    [first, ...others].toSorted((one, other) => peakOf(one) - peakOf(other)),
    2,
  );
}

/** Not of the first run, in which the program is written and compiled. */
function peakOf({ peakBytes: [, ...later] }: Resident): number {
  return Math.max(...later);
}

/** Measures a case in a process of its own: this command once more, with the garbage collector exposed. */
function measuredInProcess(each: ResidentCase): Resident {
  const { status, signal, stdout } = spawnSync(
    process.execPath,
    [...SMALL_HEAP, at(process.argv, 1), "resources"],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...GIVE_BACK, [CHILD]: JSON.stringify(each) },
      encoding: "utf8",
    },
  );
  if (status !== 0) {
    const { model, batch, work } = each;
    throw new Error(
      `${model}, batch ${batch}, ${work}: the process ended with ${signal ?? `status ${status}`}`,
    );
  }
  return JSON.parse(stdout) as Resident;
}

function resultOf({ model, batch, work }: ResidentCase, by: Explained, measured: Resident) {
  const peakBytes = peakOf(measured);
  const ratio = (part: number): number => Number((part / peakBytes).toFixed(3));
  return {
    model,
    batch,
    work,
    /** What the formulas give of what was measured. */
    explained: ratio(by.program.sum),
    textbookShare: ratio(by.textbook.sum),
    peakBytes,
    measured,
    formula: by,
  };
}

function lineOf({
  model,
  batch,
  work,
  explained,
  textbookShare,
  peakBytes,
  formula,
}: ReturnType<typeof resultOf>) {
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const { program, textbook } = formula;
  const parts = Object.entries(program.computedAtPeak).map(([part, bytes]) => `${part} ${mb(bytes)}`);
  return [
    `${model}, batch ${batch}, ${work}: measured ${mb(peakBytes)}, explained ${explained}, textbook ${textbookShare}`,
    `  textbook ${mb(textbook.sum)}; program ${mb(program.sum)}: fed ${mb(program.fedBytes)}, constants ${mb(program.constantBytes)} twice,`,
    `  zeros ${mb(program.zeroBytes)}, arena ${mb(program.arenaBytes)} for ${mb(program.computedBytes)} (${parts.join(", ")}), results ${mb(program.resultBytes)}, on the host besides ${mb(program.hostBytes)}`,
  ].join("\n");
}
