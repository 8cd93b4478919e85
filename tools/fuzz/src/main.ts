import { fork } from "node:child_process";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeFileAtomic } from "@nin/files";
import { type CommandsResult, fuzzCommands } from "./commands.js";
import { fuzzInProcess, type InProcessResult } from "./in-process.js";
import { LIMITS } from "./judge.js";
import { makeSamples } from "./samples.js";

const HELP = `Usage: node dist/main.js [options]

Gives changed files and arguments to everything that reads some; status 1 when one is not refused as it should be.

  --inputs N     files read in one process (default: 20000)
  --commands N   runs of the nin command (default: 500)
  --seed N       seed of the random numbers (default: 1)
  --only TEXT    only targets whose name contains it
  --output FILE  where the result is also written, as JSON
`;

/** From the process that reads the files: which one is next, or the result. */
type Message = { readonly input: string } | { readonly result: InProcessResult };

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "20000" },
    commands: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    output: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const options = {
  seed: Number(values.seed),
  inputs: Number(values.inputs),
  commands: Number(values.commands),
  only: values.only,
};

if (values.help) process.stdout.write(HELP);
else if (process.send === undefined) await watchAndReport();
else await readInputs((message) => process.send?.(message));

/** In a process of its own, which can be ended when an input hangs. */
async function readInputs(send: (message: Message) => void): Promise<void> {
  const samples = await makeSamples();
  try {
    send({
      result: await fuzzInProcess(samples, {
        ...options,
        onInput: (target, input) => send({ input: `${target} ${input}` }),
      }),
    });
  } finally {
    await rm(samples.folder, { recursive: true, force: true });
  }
}

async function watchAndReport(): Promise<void> {
  const inProcess = options.inputs > 0 ? await watchInputs() : undefined;
  const commands = options.commands > 0 ? await runCommands() : undefined;
  const faults = [...(inProcess?.faults ?? []), ...(commands?.faults ?? [])];
  for (const { target, input, problem } of faults)
    process.stdout.write(`${target}, input ${input}: ${problem}\n`);
  process.stdout.write(`${options.inputs} inputs, ${options.commands} commands, ${faults.length} faults\n`);
  const environment = {
    node: process.version,
    platform: process.platform,
    cores: availableParallelism(),
    date: new Date().toISOString(),
  };
  if (values.output !== undefined) {
    await writeFileAtomic(
      values.output,
      `${JSON.stringify({ limits: LIMITS, environment, inProcess, commands }, undefined, 2)}\n`,
    );
  }
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function watchInputs(): Promise<InProcessResult> {
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
  return new Promise((resolve, reject) => {
    let last = "the start";
    const giveUp = () => {
      child.kill("SIGKILL");
      reject(new Error(`hangs: ${last}`));
    };
    let timer = setTimeout(giveUp, 6 * LIMITS.elapsedMs);
    child.on("message", (message: Message) => {
      clearTimeout(timer);
      if ("result" in message) return resolve(message.result);
      last = message.input;
      timer = setTimeout(giveUp, 2 * LIMITS.elapsedMs);
    });
    child.on("exit", (status, signal) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${status ?? signal} at ${last}`));
    });
  });
}

async function runCommands(): Promise<CommandsResult> {
  const samples = await makeSamples();
  try {
    return await fuzzCommands(samples, { seed: options.seed, runs: options.commands });
  } finally {
    await rm(samples.folder, { recursive: true, force: true });
  }
}
