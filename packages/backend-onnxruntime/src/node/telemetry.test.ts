import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const inWorker = fileURLToPath(new URL("../testing/telemetry-in-worker.mjs", import.meta.url));
const graph = new URL("../../dist/node.js", import.meta.url).href;
const inMain = `
  const { disableTelemetry } = await import(${JSON.stringify(graph)});
  await disableTelemetry();
  console.log(process.env.ORT_DISABLE_TELEMETRY);
`;

function environment(given?: string): NodeJS.ProcessEnv {
  const { ORT_DISABLE_TELEMETRY: _, ...rest } = process.env;
  return given === undefined ? rest : { ...rest, ORT_DISABLE_TELEMETRY: given };
}

async function output(args: readonly string[], given?: string): Promise<string> {
  return (await run(process.execPath, args, { env: environment(given) })).stdout.trim();
}

describe("disableTelemetry", () => {
  it.each([
    [undefined, "1"],
    ["0", "0"],
    ["", ""],
  ])("in the main thread, given %j by the user: %j", async (given, expected) => {
    expect(await output(["--input-type=module", "--eval", inMain], given)).toBe(expected);
  });

  it.each([
    [undefined, undefined, "1"],
    ["0", undefined, "0"],
    [undefined, "1", "1"],
    [undefined, "0", "0"],
    ["0", "1", "0"],
  ])(
    "in a worker thread, given %j by the user and %j in the thread's copy: %j for the process",
    async (given, copy, expected) => {
      const args = copy === undefined ? [inWorker] : [inWorker, copy];
      expect(await output(args, given)).toBe(`0 ${expected}`);
    },
  );

  it("refuses in a worker thread that cannot ask the main one", async () => {
    const program = `
      const { Worker } = require("node:worker_threads");
      const script = ${JSON.stringify(
        `Object.defineProperty(require("node:inspector").Session.prototype, "connectToMainThread", { value() { throw new Error("no inspector") } });
         import(${JSON.stringify(graph)}).then(({ disableTelemetry }) => disableTelemetry()).catch(({ message }) => console.log(message));`,
      )};
      new Worker(script, { eval: true });
    `;
    expect(await output(["--eval", program])).toMatch(
      /^ONNX Runtime reports .* start the process with ORT_DISABLE_TELEMETRY=1/,
    );
    expect(await output(["--eval", program], "0")).toBe("");
  });
});
