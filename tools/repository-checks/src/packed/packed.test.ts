import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lacking } from "@nin/test-support";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { root } from "../repository.js";
import { BEHIND_A_WALL, installTarballs, isUnreachable, npmInstall, WITHOUT_CUDA } from "./empty-project.js";
import { packedPackages, withDependencies } from "./pack.js";
import { type CommandResult, runCommand } from "./run-command.js";

/** The runtimes are some 100 MB to download, on a machine that may be busy. */
const INSTALL_MS = 300_000;

/** The toy backend of `examples/`, with what runs the suite on it. */
const EXAMPLE = join(root, "examples/conformance");
const LAYERS = "toy-layers.mjs";
const RIGHT_PADDING = "Number.NEGATIVE_INFINITY";

const packed = packedPackages(inject("tarballs"));
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nin-packed-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the tarballs in an empty npm project", () => {
  let installed: CommandResult;
  let project = "";

  beforeAll(async () => {
    project = join(folder, "project");
    installed = await installTarballs(project, packed, { ...BEHIND_A_WALL, ...WITHOUT_CUDA });
  }, INSTALL_MS);

  /** Installed, or the test is skipped. */
  const requireInstalled = (skip: (reason: string) => void): void => {
    if (isUnreachable(installed)) lacking("tarballs", "npm's registry cannot be reached", skip);
    expect(installed.status, installed.stderr).toBe(0);
  };

  describe.concurrent("as they are", () => {
    it.runIf(process.platform === "linux" && process.arch === "x64")(
      "cannot be installed behind a wall without the README's remedy, as it says",
      async ({ skip }) => {
        requireInstalled(skip);
        const registry = withDependencies(packed, "@nin/registry");
        const plain = join(folder, "plain");
        const { status, stderr } = await installTarballs(plain, registry, BEHIND_A_WALL);
        expect(status).toBe(1);
        expect(stderr).toMatch(/^npm error path .*onnxruntime-node$/m);
        expect(stderr).toContain("npm error command sh -c node ./script/install");
        await expect(stat(join(plain, "node_modules"))).rejects.toThrow("ENOENT");
      },
      INSTALL_MS,
    );

    it(
      "train, are interrupted, save and reload in examples/interrupt.ts",
      async ({ skip }) => {
        requireInstalled(skip);
        const program = await readFile(join(root, "examples/interrupt.ts"), "utf8");
        const { code } = await transform(program, { loader: "ts", format: "esm" });
        await writeFile(join(project, "interrupt.mjs"), code);
        const { status, stdout, stderr } = await runCommand("node", ["interrupt.mjs"], project);
        expect(status, stderr).toBe(0);
        expect(stdout).toContain("interrupted: true");
        const [, steps = "0"] = /step: (\d+)/.exec(stdout) ?? [];
        expect(Number(steps)).toBeGreaterThanOrEqual(10);
        expect(stdout).toMatch(/accuracy 0?\.\d+|accuracy 1/);
        expect((await stat(join(project, "weights.safetensors"))).size).toBeGreaterThan(4 * 349_674);
      },
      INSTALL_MS,
    );

    it("bring a nin command that works", async ({ skip }) => {
      requireInstalled(skip);
      const bin = join("node_modules", "@nin", "cli", "bin", "nin.js");
      const { status, stdout, stderr } = await runCommand("node", [bin, "summary", "nin", "--json"], project);
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ parameters: 1_992_166 });
    });

    it(
      "judge a toy backend: what it does passes, what it lacks is expected to fail",
      async ({ skip }) => {
        requireInstalled(skip);
        await copyToy(join(project, "toy"));
        const { status, stdout, stderr } = await runCommand("node", ["toy/run.mjs"], project);
        expect(status, stdout + stderr).toBe(0);
        const counts = JSON.parse(stdout) as Record<string, number>;
        expect(counts).toMatchObject({ failed: 0, skipped: 0 });
        expect(counts.passed).toBeGreaterThan(100);
        expect(counts.expectedFailures).toBeGreaterThan(100);
      },
      INSTALL_MS,
    );

    it(
      "name the case that a mistake in the toy fails",
      async ({ skip }) => {
        requireInstalled(skip);
        await copyMistakenToy(join(project, "mistaken"));
        const { status, stdout } = await runCommand("node", ["mistaken/run.mjs"], project);
        expect(status).toBe(1);
        expect(stdout).toMatch(
          /^failed forward\/maxPool2d\/padded-ceil:.*: activation net\.1: relative L2 error/m,
        );
        expect(stdout).not.toMatch(/^failed \w+\/(?:conv2d|avgPool2d|linear)\//m);
      },
      INSTALL_MS,
    );
  });

  // Last: it adds to the project.
  it(
    "are a test of vitest in another project",
    async ({ skip }) => {
      requireInstalled(skip);
      const conformance = packed.find(({ manifest }) => manifest.name === "@nin/conformance");
      const added = await npmInstall(
        project,
        WITHOUT_CUDA,
        `vitest@${conformance?.manifest.peerDependencies?.vitest}`,
      );
      expect(added.status, added.stderr).toBe(0);
      await copyToy(join(project, "toy"));
      const vitest = ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", "toy/toy-backend"];
      const { status, stdout, stderr } = await runCommand("node", vitest, project);
      expect(status, stdout.slice(-2000) + stderr).toBe(0);
      const { numPassedTests } = JSON.parse(stdout) as { numPassedTests: number };
      expect(numPassedTests).toBeGreaterThan(200);
    },
    INSTALL_MS,
  );
});

/** Copies the toy backend of `examples/` into a folder, with what runs the suite on it. */
function copyToy(folder: string): Promise<void> {
  return cp(EXAMPLE, folder, { recursive: true });
}

/** Copies it with one mistake: its max pools pad with zeros. */
async function copyMistakenToy(folder: string): Promise<void> {
  await copyToy(folder);
  const layers = await readFile(join(folder, LAYERS), "utf8");
  if (layers.split(RIGHT_PADDING).length !== 2) throw new Error(`${LAYERS}: expected one ${RIGHT_PADDING}`);
  await writeFile(join(folder, LAYERS), layers.replace(RIGHT_PADDING, "0"));
}
