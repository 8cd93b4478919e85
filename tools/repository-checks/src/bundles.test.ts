import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The runtimes hold native addons and files next to their modules, which no bundler takes in. */
const EXTERNAL = ["onnxruntime-node", "onnxruntime-web", "webgpu"];

const PROGRAM = `
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { builtinArchitecture } from "@nin/spec";

async function predict() {
  const backend = createNodeOnnxRuntimeBackend();
  const devices = await backend.devices({ details: true });
  const model = await backend.compile(builtinArchitecture("nin-mnist"), { device: "cpu", maxBatch: 1, threads: 1 });
  const { shape } = await model.predict({ input: { shape: [1, 1, 28, 28], data: new Float32Array(784) } });
  await model.dispose();
  return { shape, devices: devices.map(({ id }) => id) };
}

predict()
  .catch(({ code, message }) => ({ code, message }))
  .then((answer) => process.stdout.write(JSON.stringify(answer), () => process.exit()));
`;

const repository = fileURLToPath(new URL("..", import.meta.url));
const backend = dirname(fileURLToPath(import.meta.resolve("@nin/backend-onnxruntime/package.json")));
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nin-bundle-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bundles the program into a project where these packages are installed, and runs it there. */
async function runBundle(format: "esm" | "cjs", installed: Readonly<Record<string, string>>) {
  const project = await mkdtemp(join(folder, `${format}-`));
  for (const [name, target] of Object.entries(installed)) {
    const link = join(project, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link, "junction");
  }
  const outfile = join(project, format === "esm" ? "program.mjs" : "program.cjs");
  await build({
    stdin: { contents: PROGRAM, resolveDir: repository },
    ...{ bundle: true, platform: "node", format, outfile, external: EXTERNAL, logLevel: "silent" },
  });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
    cwd: project,
    // Package managers let their scripts find more than what is installed.
    env: { ...process.env, NODE_PATH: undefined },
  });
  return JSON.parse(stdout);
}

describe("a program bundled by esbuild", { timeout: 60_000 }, () => {
  const runtime = { "onnxruntime-node": join(backend, "node_modules", "onnxruntime-node") };

  it.each(["esm", "cjs"] as const)("as %s takes what runs in a thread from the package", async (format) => {
    expect(await runBundle(format, { ...runtime, "@nin/backend-onnxruntime": backend })).toEqual({
      shape: [1, 10],
      devices: ["cpu", "webgpu", "cuda", "wasm"],
    });
  });

  it("says what to do where the package is not installed", async () => {
    expect(await runBundle("esm", runtime)).toEqual({
      code: "NIN_BUNDLED_MODULE",
      message: expect.stringMatching(
        /^@nin\/backend-onnxruntime\/node\/worker was not found from .*program\.mjs, a bundle, .*; install @nin\/backend-onnxruntime where the bundle runs, or mark it as external \(esbuild: --external:@nin\/backend-onnxruntime\)$/,
      ),
    });
  });
});
