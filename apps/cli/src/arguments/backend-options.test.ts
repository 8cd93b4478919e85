import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newFolder, smallNinJson } from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { expectProcessRefused, expectRefused } from "../testing/refusal.js";
import { chooseBackend, resolveDevice, threadsOf } from "./backend-options.js";

let folder: string;
let small: string;
let weights: string;
beforeAll(async () => {
  folder = await newFolder();
  small = join(folder, "small.json");
  weights = join(folder, "w.safetensors");
  await writeFile(small, JSON.stringify(smallNinJson));
  await runHere(["init", small, "--output", weights], folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const unknownBackend = "nin: backend: expected one of onnxruntime, webgpu, tfjs, reference, got caffe";
const unknownDevice =
  "nin: onnxruntime: device tpu is not supported; expected one of cpu, webgpu, cuda, wasm";

describe("an unknown backend or device is refused by", () => {
  const train = ["train", "--data", "synthetic", "--out", "run"];
  it.each([
    ["summary", ["summary"]],
    ["train", train],
    ["evaluate", ["evaluate", "--data", "synthetic", "--recipe", "d2l"]],
  ])("%s", async (command, args) => {
    const given = command === "evaluate" ? [...args, small, "--weights", weights] : [...args, small];
    await expectRefused([...given, "--backend", "caffe"], unknownBackend);
    await expectRefused([...given, "--device", "tpu"], unknownDevice);
    await expectRefused(
      [...given, "--backend", "reference", "--device", "gpu"],
      "reference: device gpu is not",
    );
  });

  it("a process", async () => {
    await expectProcessRefused([...train, small, "--backend", "caffe"], unknownBackend);
    await expectProcessRefused([...train, small, "--device", "tpu"], unknownDevice);
  });

  it("a device's lack of a precision, too", () =>
    expectRefused(
      [...train, small, "--backend", "reference", "--precision", "mixed"],
      "reference: precision mixed is not supported",
    ));
});

describe("the default", () => {
  it("is the CPU of ONNX Runtime, and each backend's own where another is named", async () => {
    const silent = { note: (line: string) => expect.unreachable(line) };
    expect(await chooseBackend({}, silent)).toEqual({ backend: "onnxruntime", device: "cpu" });
    const webgpu = { backend: "onnxruntime", device: "webgpu" };
    expect(await chooseBackend({ device: "webgpu" }, silent)).toEqual(webgpu);
    expect(await chooseBackend({ backend: "reference" }, silent)).toEqual({ backend: "reference" });
    expect(await resolveDevice({ backend: "reference" })).toBe("cpu");
    expect(await resolveDevice({ backend: "reference", device: "x" })).toBe("x");
  });

  it("leaves an absent number of threads out", () => {
    expect(threadsOf({})).toEqual({});
    expect(threadsOf({ threads: 2 })).toEqual({ threads: 2 });
  });
});
