import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DeviceUnavailableError, UnsupportedError } from "@nin/backend";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { availableParallelism, mostThreads } from "@nin/files";
import { SpecError } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { smallArchitecture, smallImages } from "./testing/small-model.js";

const backend = createNodeOnnxRuntimeBackend();

describe("devices", () => {
  test("the processor first, WebAssembly last, each usable or with what to do", async () => {
    const devices = await backend.devices();
    expect(devices.map(({ id }) => id)).toEqual(["cpu", "webgpu", "cuda", "wasm"]);
    expect(devices[0]).toMatchObject({ available: true, name: expect.stringMatching(/, \d+ threads?$/) });
    for (const { name, available, reason } of devices) {
      expect(name.length).toBeGreaterThan(3);
      expect(typeof reason).toBe(available ? "undefined" : "string");
    }
  });

  test("details are of what is usable, and given when asked for", async () => {
    expect((await backend.devices()).some((device) => "details" in device)).toBe(false);
    const devices = await backend.devices({ details: true });
    const version = { name: "onnxruntime-node", value: expect.stringMatching(/^\d+\.\d+\.\d+$/) };
    expect(devices[0]?.details).toEqual([version, { name: "threads", value: availableParallelism() }]);
    for (const { id, available, details } of devices) {
      const own = id === "wasm" ? { ...version, name: "onnxruntime-web" } : version;
      expect(details?.[0]).toEqual(available ? own : undefined);
    }
  });

  test("CUDA that is not usable is refused, naming what is missing", async ({ skip }) => {
    const cuda = (await backend.devices()).find(({ id }) => id === "cuda");
    if (cuda?.available === true) return skip("CUDA is usable here");
    expect(cuda?.reason).toMatch(
      /^(no NVIDIA driver .*libcuda\.so\.1.*; install|lib\S+ .* (get it with|install)|.*for Linux x64 only)/,
    );
    const compiled = backend.compile(smallArchitecture, { device: "cuda" });
    await expect(compiled).rejects.toThrow(DeviceUnavailableError);
    await expect(compiled).rejects.toThrow(`onnxruntime: device cuda is not available: ${cuda?.reason}`);
  });
});

test("works in a program given on the command line, whose flags no thread can have", async () => {
  const source = `
    import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
    const model = await createNodeOnnxRuntimeBackend().compile(${JSON.stringify(smallArchitecture)});
    process.stdout.write(String((await model.readParameters()).size));
    await model.dispose();`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", source], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  expect(stdout).toBe("6");
});

describe("compile", () => {
  test.each([
    [
      { threads: mostThreads() + 1 },
      `onnxruntime: threads ${mostThreads() + 1} is not supported; expected at most`,
    ],
    [{ threads: 1e6 }, "onnxruntime: threads 1000000 is not supported; expected at most"],
    [{ threads: Number.MAX_SAFE_INTEGER }, "onnxruntime: threads 9007199254740991 is not supported"],
    [{ threads: Number.NaN }, "onnxruntime: threads NaN is not supported; expected a positive integer"],
    [{ threads: -1 }, "onnxruntime: threads -1 is not supported; expected a positive integer"],
    [{ device: "tpu" }, "onnxruntime: device tpu is not supported; expected one of cpu, webgpu, cuda, wasm"],
    [{ precision: "mixed" as const }, "onnxruntime: precision mixed is not supported; expected f32"],
    [{ maxBatch: 0 }, "onnxruntime: maxBatch 0 is not supported; expected a positive integer"],
    [{ maxBatch: 1.5 }, "onnxruntime: maxBatch 1.5 is not supported; expected a positive integer"],
    [
      { imageFormat: { ...smallImages, channels: 3 } },
      "onnxruntime: images of 3 channels is not supported; expected 1",
    ],
  ])("refuses %o", async (options, message) => {
    const compiled = backend.compile(smallArchitecture, options);
    await expect(compiled).rejects.toThrow(UnsupportedError);
    await expect(compiled).rejects.toThrow(message);
  });

  test("refuses a mean for other channels than the network's", async () => {
    const images = { ...smallImages, preprocessing: { mean: [0, 0], std: 1 } };
    await expect(backend.compile(smallArchitecture, { imageFormat: images })).rejects.toThrow(SpecError);
  });

  test("gives parameters of zero, and blocks with what is inside", async () => {
    await using model = await backend.compile(smallArchitecture);
    for (const { data } of (await model.readParameters()).values()) {
      expect(data.length).toBeGreaterThan(0);
      expect(data.every((x) => x === 0)).toBe(true);
    }
    expect(model.layers.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "net.0 ninBlock",
      "net.1 maxPool2d",
      "net.2 dropout",
      "net.3 flatten",
      "net.4 linear",
    ]);
    expect(model.layers[0]?.inner?.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "net.0.0 conv2d",
      "net.0.1 relu",
      "net.0.2 conv2d",
      "net.0.3 relu",
    ]);
  });
});
