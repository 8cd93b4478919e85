import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { peerLine } from "./baselines";

it("names the peers that nobody pointed at", async () => {
  const { contestants, absent } = await peerLine({ threads: 1 }, () => {});
  expect(contestants).toEqual([]);
  expect(absent.map(({ what }) => what)).toEqual([
    "PyTorch, JAX, Keras",
    "programs written for TensorFlow.js",
  ]);
});

it("names each peer that does not load, with its reason", async () => {
  const { contestants, absent } = await peerLine(
    { python: "no-such-python", tfjs: ".", threads: 1 },
    () => {},
  );
  expect(contestants).toEqual([]);
  expect(absent.map(({ what }) => what)).toEqual([
    "pytorch",
    "pytorch:channels-last",
    "pytorch:channels-last-malloc",
    "pytorch:compiled",
    "jax",
    "keras",
    "tfjs-node",
    "tfjs-webgpu",
  ]);
  expect(absent[0]?.why).toMatch(/ENOENT/);
  expect(absent.at(-1)?.why).toMatch(/it ended with status 1: .*Cannot find (?:module|package)/);
});

it.skipIf(!hasPython())("the peers' own files are Python", () => {
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
