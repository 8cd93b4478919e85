import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lacking } from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { installTarballs, isUnreachable } from "./empty-project.js";
import { packedPackages, withDependencies } from "./pack.js";
import { bundlePage } from "./page-bundle.js";
import { type CommandResult, runCommand } from "./run-command.js";

const INSTALL_MS = 120_000;

const packed = packedPackages(inject("tarballs"));
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nin-doors-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A project in which some of our packages are installed, and none of their optional peer dependencies. */
async function projectWith(name: string, packages: readonly string[]): Promise<[string, CommandResult]> {
  const project = join(folder, name);
  const needed = new Set(packages.flatMap((each) => withDependencies(packed, each)));
  return [project, await installTarballs(project, [...needed], {})];
}

function requireInstalled(installed: CommandResult, skip: (reason: string) => void): void {
  if (isUnreachable(installed)) lacking("tarballs", "npm's registry cannot be reached", skip);
  expect(installed.status, installed.stderr).toBe(0);
}

describe("a page that installs @nin/backend-webgpu and @nin/spec", { timeout: INSTALL_MS }, () => {
  let project = "";
  let installed: CommandResult;

  beforeAll(async () => {
    [project, installed] = await projectWith("page", ["@nin/backend-webgpu", "@nin/spec"]);
  }, INSTALL_MS);

  it("gets less than 5 MB, and neither Dawn nor a browser's drivers", async ({ skip }) => {
    requireInstalled(installed, skip);
    const modules = join(project, "node_modules");
    const names = await readdir(modules);
    expect(names).not.toContain("webgpu");
    expect(names).not.toContain("@sparticuz");
    expect(await sizeOf(modules)).toBeLessThan(5e6);
  });

  it("sends less than 60 kB, without a warning of Vite", async ({ skip }) => {
    requireInstalled(installed, skip);
    const { gzipBytes, warnings } = await bundlePage(project, PAGE);
    expect(warnings).toBe("");
    expect(gzipBytes).toBeLessThan(60_000);
  });

  it("is compiled by TypeScript, whose DOM library has WebGPU's types", async ({ skip }) => {
    requireInstalled(installed, skip);
    await writeFile(join(project, "main.ts"), PAGE);
    await writeFile(join(project, "tsconfig.json"), JSON.stringify(PAGE_TYPES));
    const tsc = join(
      dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
      "bin",
      "tsc",
    );
    const { status, stdout } = await runCommand(process.execPath, [tsc, "-p", "."], project);
    expect([status, stdout]).toEqual([0, ""]);
  });
});

const PAGE = `import { createBrowserWebGpuBackend } from "@nin/backend-webgpu/browser";
import { createWebGpuBackend, openDevice } from "@nin/backend-webgpu";
import { builtinArchitecture } from "@nin/spec";

const model = await createBrowserWebGpuBackend().compile(builtinArchitecture("nin-mnist"));
document.body.append(String(model.layers.length));
// The core, with a device source of one's own.
const own = createWebGpuBackend({
  list: async () => [{ id: "gpu", name: "a GPU", available: true }],
  open: (id) => openDevice(navigator.gpu, id),
});
document.body.append(own.id);
`;

const PAGE_TYPES = {
  compilerOptions: {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2023", "esnext.disposable", "dom"],
    types: [],
    strict: true,
    noEmit: true,
  },
  files: ["main.ts"],
};

describe("a program without its runtime", { timeout: INSTALL_MS }, () => {
  let project = "";
  let installed: CommandResult;

  beforeAll(async () => {
    const backends = ["@nin/backend-onnxruntime", "@nin/backend-webgpu", "@nin/backend-tfjs"];
    [project, installed] = await projectWith("node", backends);
  }, INSTALL_MS);

  it.each([
    [
      "createNodeOnnxRuntimeBackend",
      "@nin/backend-onnxruntime/node",
      "onnxruntime-node is not installed; install it with `npm install onnxruntime-node@1.30`",
      { wasm: "onnxruntime-web is not installed; install it with `npm install onnxruntime-web@1.30`" },
    ],
    [
      "createNodeWebGpuBackend",
      "@nin/backend-webgpu/node",
      "webgpu is not installed; install it with `npm install webgpu@0.6 @nin/vulkan-driver`",
      {},
    ],
    [
      "createNodeTensorFlowBackend",
      "@nin/backend-tfjs/node",
      "@tensorflow/tfjs-core is not installed; install it with " +
        "`npm install @tensorflow/tfjs-core@4.22 @tensorflow/tfjs-backend-cpu@4.22`",
      {},
    ],
  ])("that calls %s gets one sentence that says what to install", async (create, door, message, others) => {
    requireInstalled(installed, expect.unreachable);
    await writeFile(join(project, "program.mjs"), programOf(create, door));
    const { status, stdout, stderr } = await runCommand(process.execPath, ["program.mjs"], project, {
      ...process.env,
      // Package managers let their scripts find more than what is installed.
      NODE_PATH: undefined,
    });
    expect([status, stderr]).toEqual([0, ""]);
    const { error, versions, devices } = JSON.parse(stdout);
    expect(error).toEqual({ code: "NIN_MISSING_PACKAGE", message });
    expect(versions).toEqual({});
    const reasonOf: Readonly<Record<string, string>> = others;
    expect(devices).toHaveLength(3 + Object.keys(others).length);
    for (const device of devices)
      expect(device).toMatchObject({ available: false, reason: reasonOf[device.id] ?? message });
  });
});

function programOf(create: string, door: string): string {
  return `import { ${create} } from "${door}";
import { builtinArchitecture } from "@nin/spec";

const backend = ${create}();
const error = await backend
  .compile(builtinArchitecture("nin-mnist"))
  .then(() => undefined, ({ code, message }) => ({ code, message }));
const [devices, versions] = [await backend.devices(), await backend.versions()];
process.stdout.write(JSON.stringify({ error, devices, versions }));
`;
}

/** Of all files in a folder. Units: bytes. */
async function sizeOf(place: string): Promise<number> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((total, size) => total + size, 0);
}
