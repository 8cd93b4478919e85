import { basename } from "node:path";
import { looksLikePath, readJsonFile } from "@nin/files";
import { loadBackend } from "@nin/registry";
import { type Architecture, builtinArchitecture, parseArchitecture, summarize } from "@nin/spec";
import { Command } from "commander";
import { statisticsOf } from "./support/numbers.js";
import { outOption, type Place, placesOption, placesOr, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";
import { openTraining } from "./support/sample-training.js";

interface Options {
  readonly device?: readonly Place[];
  readonly model: readonly string[];
  readonly batch: number;
  readonly rounds: number;
  readonly ms: number;
  readonly out?: string;
}

/** The networks of the studies at 28x28 pixels. */
const MODELS = [
  "nin-mnist",
  ...[0, 1, 3, 4].map((count) => `nin-mnist?mlpConvs=${count}`),
  "nin-mnist?mlpKernelSize=3",
  "nin-mnist?head=linear",
  ...["linear-on-features", "4096-4096", "direct", "gradual"].map(
    (name) => `studies/architectures/nin-mnist-${name}.json`,
  ),
  "alexnet?size=80",
  "vgg11?size=32",
  ...["xs", "s", "m", "l", "xl"].map((size) => `nin-${size}`),
];
const DEVICES = ["onnxruntime:cpu"];

export function networkSpeedCommand(): Command {
  return new Command("network-speed")
    .description("how many images a second networks are trained on and classify, in turn")
    .addOption(placesOption(DEVICES))
    .option("--model <names...>", "built-in networks or architecture files", MODELS)
    .option("--batch <n>", "number of images in a batch", positiveInteger, 32)
    .option("--rounds <n>", "number of timed rounds, each of which visits every network", positiveInteger, 9)
    .option("--ms <n>", "time for each network and kind of work in a round", positiveInteger, 1000)
    .addOption(outOption())
    .action(async (options: Options) => {
      const results = [];
      for (const place of placesOr(options.device, DEVICES))
        results.push(...(await measureSpeeds(place, options)));
      const { batch, rounds, ms } = options;
      const file = { format: "nin-network-speed", version: 1, environment: await environment() };
      if (options.out !== undefined) await writeResult(options.out, { ...file, batch, rounds, ms, results });
    });
}

async function measureSpeeds(place: Place, { model: names, batch, rounds, ms }: Options) {
  const backend = await loadBackend(place.backend);
  const networks = [];
  for (const name of names) {
    const architecture = await architectureOf(name);
    const { model, session, step } = await openTraining(backend, place.device, { architecture, batch });
    const inputs = inputsOf(architecture, batch);
    const train = () => imagesPerSecond(step, () => session.metrics(), { batch, ms });
    const forward = () =>
      imagesPerSecond(
        () => model.predict(inputs),
        async () => {},
        { batch, ms },
      );
    const works = [
      { measure: train, rates: [] as number[] },
      { measure: forward, rates: [] as number[] },
    ] as const;
    networks.push({ name: nameOf(name), architecture, model, works });
  }
  for (let round = -1; round < rounds; round += 1) {
    for (const { works } of round % 2 === 0 ? networks : networks.toReversed()) {
      for (const { measure, rates } of works) {
        const rate = await measure();
        // The first round warms up.
        if (round >= 0) rates.push(rate);
      }
    }
  }
  const results = [];
  for (const { name, architecture, model, works } of networks) {
    const { parameters, macs } = summarize(architecture);
    const [train, forward] = [statisticsOf(works[0].rates), statisticsOf(works[1].rates)];
    console.log(
      `${place.name} ${name}: ${train.median.toFixed(0)} images/s trained, ${forward.median.toFixed(0)} classified`,
    );
    results.push({ device: place.name, model: name, parameters, macs, train, forward });
    await model.dispose();
  }
  return results;
}

/** @param finish - waits for what was only handed over */
async function imagesPerSecond(
  work: (step: number) => Promise<unknown>,
  finish: () => Promise<unknown>,
  { batch, ms }: Pick<Options, "batch" | "ms">,
): Promise<number> {
  const start = performance.now();
  let steps = 0;
  do {
    await work(steps);
    steps += 1;
  } while (performance.now() - start < ms);
  await finish();
  return (1000 * steps * batch) / (performance.now() - start);
}

/** A batch of numbers without meaning, of the network's input. */
function inputsOf({ input: { channels, height, width } }: Architecture, batch: number) {
  const shape = [batch, channels, height, width] as const;
  const data = Float32Array.from({ length: batch * channels * height * width }, (_, index) =>
    Math.sin(index),
  );
  return { input: { shape, data } };
}

/** As studies and pages name it: that of a file without its folder. */
function nameOf(name: string): string {
  return name.endsWith(".json") ? basename(name, ".json") : name;
}

async function architectureOf(name: string): Promise<Architecture> {
  return looksLikePath(name) ? parseArchitecture(await readJsonFile(name)) : builtinArchitecture(name);
}
