import { spawn } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { outOption, positiveInteger } from "./support/options.js";

interface Options {
  readonly device: string;
  readonly threads: number;
  readonly quick?: true;
  readonly firefox?: string;
  readonly out?: string;
}

export function browserConformanceCommand(): Command {
  return new Command("browser-conformance")
    .description("the conformance suite on ONNX Runtime in a page of a browser")
    .addOption(
      new Option("--device <id>", "device of onnxruntime-web").choices(["wasm", "webgpu"]).default("wasm"),
    )
    .option("--threads <n>", "number of threads of wasm", positiveInteger, 1)
    .option("--quick", "the quick cases alone")
    .option("--firefox <program>", "Firefox in place of the headless Chromium of the tests")
    .addOption(outOption())
    .action(async (options: Options) => {
      process.exitCode = await runSuite(options);
    });
}

/** The page, its server and the browser are those of the backend's tests. */
async function runSuite({ device, threads, quick, firefox, out }: Options): Promise<number> {
  const backend = dirname(fileURLToPath(import.meta.resolve("@nin/backend-onnxruntime/package.json")));
  const child = spawn("npx", ["vitest", "run", "--config", "vitest.suite.config.ts"], {
    cwd: backend,
    stdio: "inherit",
    env: {
      ...process.env,
      NIN_SUITE_DEVICE: device,
      NIN_SUITE_THREADS: `${threads}`,
      ...(quick === true && { NIN_SUITE_QUICK: "1" }),
      ...(firefox !== undefined && { NIN_SUITE_FIREFOX: resolve(firefox) }),
      ...(out !== undefined && { NIN_SUITE_OUT: resolve(out) }),
    },
  });
  return new Promise((ended, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => ended(code ?? 1));
  });
}
