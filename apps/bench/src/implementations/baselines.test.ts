import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { baselineTargets, requireBaselines } from "./baselines.js";

it("names the baselines whose runtimes were not given", async () => {
  const { implementations, absent } = await baselineTargets({ threads: 1 }, () => {});
  expect(implementations).toEqual([]);
  expect(absent.map(({ what }) => what)).toEqual([
    "PyTorch, JAX, Keras",
    "programs written for TensorFlow.js",
  ]);
});

it("names each baseline that does not load, with its reason", async () => {
  const { implementations, absent } = await baselineTargets(
    { python: "no-such-python", tfjs: ".", threads: 1 },
    () => {},
  );
  expect(implementations).toEqual([]);
  expect(absent.map(({ what }) => what)).toEqual([
    "pytorch",
    "pytorch:channels-last",
    "pytorch:channels-last-malloc",
    "pytorch:compiled",
    "jax",
    "keras",
    "tfjs-node",
    "tfjs-node:fit",
    "tfjs-webgpu",
  ]);
  expect(absent[0]?.why).toMatch(/ENOENT/);
  expect(absent.at(-1)?.why).toMatch(/it ended with status 1: .*Cannot find (?:module|package)/);
});

it("measures those that are named, and refuses others", async () => {
  const options = { python: "no-such-python", threads: 1 };
  const { absent } = await baselineTargets({ ...options, baselines: ["pytorch", "jax"] }, () => {});
  expect(absent.map(({ what }) => what)).toEqual(["programs written for TensorFlow.js", "pytorch", "jax"]);
  expect(() => requireBaselines(["pytorch", "torch"])).toThrow(
    /^baseline: expected some of pytorch, .*, tfjs-webgpu, got torch$/,
  );
});

it.skipIf(!hasPython())("the baselines' own files are Python", () => {
  const check =
    "import ast, pathlib, sys; [ast.parse(p.read_text()) for p in pathlib.Path(sys.argv[1]).glob('*.py')]";
  execFileSync("python3", ["-c", check, new URL("../../baselines", import.meta.url).pathname]);
});

function hasPython(): boolean {
  try {
    execFileSync("python3", ["--version"]);
    return true;
  } catch {
    return false;
  }
}
