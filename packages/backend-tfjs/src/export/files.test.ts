import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { importLayersModel } from "../index.js";
import { readLayersModel, readLayersModelMetadata } from "./files.js";
import { LayersModelError } from "./layers-model.js";

const WEIGHTS = new Float32Array([1, 2, 3, 4, 5, 6]);
const BYTES = Buffer.from(WEIGHTS.buffer);
const KERNEL = { name: "net.0/kernel", shape: [2, 2], dtype: "float32" };
const BIAS = { name: "net.0/bias", shape: [2], dtype: "float32" };
const GROUP = { paths: ["weights.bin"], weights: [KERNEL, BIAS] };

const folders: string[] = [];
let folder = "";
beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "nin-tfjs-"));
  folders.push(parent);
  folder = join(parent, "model");
  await mkdir(folder);
  await writeFile(join(folder, "weights.bin"), BYTES);
  await writeFile(join(parent, "outside"), BYTES);
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));

async function reading(model: unknown) {
  const path = join(folder, "model.json");
  await writeFile(path, typeof model === "string" ? model : JSON.stringify(model));
  return readLayersModel(path);
}

const model = (...groups: readonly object[]) => ({ format: "layers-model", weightsManifest: groups });
const ofPath = (path: unknown) => model({ ...GROUP, paths: [path] });
const ofWeight = (changes: object) => model({ ...GROUP, weights: [{ ...KERNEL, ...changes }, BIAS] });

describe("a layers model", () => {
  it("is read from one file, from several, and in several groups", async () => {
    await writeFile(join(folder, "a"), BYTES.subarray(0, 5));
    await writeFile(join(folder, "b %2e"), BYTES.subarray(5, 16));
    await writeFile(join(folder, "c"), BYTES.subarray(16));
    const parameters = await reading(model(GROUP));
    expect(parameters).toEqual(
      new Map([
        ["net.0.weight", { shape: [2, 2], data: new Float32Array([1, 3, 2, 4]) }],
        ["net.0.bias", { shape: [2], data: new Float32Array([5, 6]) }],
      ]),
    );
    const split = model({ paths: ["a", "b %2e"], weights: [KERNEL] }, { paths: ["c"], weights: [BIAS] });
    expect(await reading(split)).toEqual(parameters);
    expect(
      importLayersModel(model(GROUP) as never, Buffer.concat([Buffer.alloc(1), BYTES]).subarray(1)),
    ).toEqual(parameters);
  });

  it("may be reached by links, which stay within its folder", async () => {
    await symlink("weights.bin", join(folder, "link"));
    await symlink(folder, join(folder, "..", "other"));
    await reading(ofPath("link"));
    expect(await readLayersModel(join(folder, "..", "other", "model.json"))).toHaveProperty("size", 2);
  });
});

describe("the metadata of a layers model", () => {
  const metadataOf = async (userDefinedMetadata: unknown) => {
    const path = join(folder, "model.json");
    await writeFile(path, JSON.stringify({ ...model(GROUP), userDefinedMetadata }));
    return readLayersModelMetadata(path);
  };

  it("are the texts of our names, and may be missing", async () => {
    const given = { "nin.mean": "0.5", signature: { a: 1 } };
    expect(await metadataOf(given)).toEqual(new Map([["nin.mean", "0.5"]]));
    expect(await metadataOf(undefined)).toEqual(new Map());
  });

  it("are refused where they are no texts", async () => {
    await expect(metadataOf({ "nin.mean": 0.5 })).rejects.toThrow(
      "userDefinedMetadata.nin.mean: expected a string, got 0.5",
    );
    await expect(metadataOf(7)).rejects.toThrow(LayersModelError);
  });
});

describe("a model.json is refused by one line", () => {
  const plain = "expected the plain name of a file in the folder of model.json, got";

  it.each<readonly [string, unknown, string]>([
    ["no JSON", "{", "line 1, column 2: expected a name in double quotes"],
    ["5,000 deep", "[".repeat(5000), "nested more than 64 levels deep"],
    ["null", null, "(root): expected an object, got null"],
    ["no manifest", {}, "expected a layers model of TensorFlow.js, with a weightsManifest"],
    ["a manifest that is no list", { weightsManifest: {} }, "weightsManifest: expected an array, got {}"],
    ["a group that is null", { weightsManifest: [null] }, "weightsManifest[0]: expected an object, got null"],
    ["no paths", model({ weights: [KERNEL] }), "weightsManifest[0].paths: expected an array, got nothing"],
    ["no weights", model({ paths: ["weights.bin"] }), "weightsManifest[0].weights: expected an array"],
    ["a path that is a number", ofPath(7), "weightsManifest[0].paths[0]: expected a string, got 7"],
    ["a path above", ofPath("../outside"), `${plain} "../outside"`],
    ["a path far above", ofPath("../../../../../../etc/passwd"), `${plain} "../../../../../../etc/passwd"`],
    ["an absolute path", ofPath("/etc/passwd"), `${plain} "/etc/passwd"`],
    ["a path of Windows", ofPath("..\\outside"), `${plain} "..\\\\outside"`],
    ["a drive", ofPath("C:weights.bin"), `${plain} "C:weights.bin"`],
    ["an address", ofPath("http://x/y"), `${plain} "http://x/y"`],
    ["a folder below", ofPath("below/weights.bin"), `${plain} "below/weights.bin"`],
    ["dots", ofPath(".."), `${plain} ".."`],
    ["nothing", ofPath(""), `${plain} ""`],
    ["a zero", ofPath("weights.bin\0"), `${plain} "weights.bin\\u0000"`],
    [
      "an escaped path",
      ofPath("%2e%2e%2foutside"),
      "%2e%2e%2foutside: cannot be read: there is no such file",
    ],
    ["a path twice", model({ ...GROUP, paths: ["weights.bin", "weights.bin"] }), 'got "weights.bin" twice'],
    [
      "a group twice",
      model(GROUP, GROUP),
      'weightsManifest: expected each one once, got "weights.bin" twice',
    ],
    [
      "a weight twice",
      model({ paths: ["weights.bin"], weights: [BIAS, BIAS, BIAS] }),
      'weightsManifest: expected each one once, got "net.0/bias" twice',
    ],
    ["a field twice", '{"weightsManifest": [], "weightsManifest": []}', "stands twice in one object"],
    [
      "a negative extent",
      ofWeight({ shape: [-2, -2] }),
      "weights[0].shape: expected 1, 2 or 4 extents, got [-2,-2]",
    ],
    [
      "a fraction of an extent",
      ofWeight({ shape: [0.5, 8] }),
      "weights[0].shape: expected 1, 2 or 4 extents",
    ],
    ["three axes", ofWeight({ shape: [1, 2, 2] }), "weights[0].shape: expected 1, 2 or 4 extents"],
    [
      "many axes",
      ofWeight({ shape: Array(1000).fill(1) }),
      "weights[0].shape: expected at most 4 items, got 1000",
    ],
    [
      "a huge shape",
      ofWeight({ shape: [2 ** 40, 2 ** 40] }),
      "weights[0].shape: expected a tensor that fits a file",
    ],
    [
      "more than 2 GiB",
      ofWeight({ shape: [2 ** 20, 2 ** 20] }),
      "expected weights of at most 2147483648 bytes",
    ],
    ["a shape as text", ofWeight({ shape: "22" }), 'weights[0].shape: expected an array, got "22"'],
    ["another type", ofWeight({ dtype: "int32" }), 'weights[0].dtype: expected "float32", got "int32"'],
    [
      "quantized weights",
      ofWeight({ quantization: { dtype: "uint8" } }),
      "expected weights that are not quantized",
    ],
    [
      "a name without a layer",
      ofWeight({ name: "kernel" }),
      "weights[0].name: expected a layer's name and a role",
    ],
    ["a name that is a number", ofWeight({ name: 7 }), "weights[0].name: expected a non-empty string, got 7"],
    [
      "fewer bytes than it says",
      ofWeight({ shape: [3, 3] }),
      "expected 44 bytes in weights.bin, as its weights take",
    ],
    [
      "more bytes than it says",
      ofWeight({ shape: [1, 1] }),
      "weights.bin: too large: expected at most 12 bytes",
    ],
    ["no such file", ofPath("none"), "none: cannot be read: there is no such file or folder"],
    ["control characters", ofPath(`\u001b[2J${"x".repeat(9000)}/`), "... ("],
  ])("%s", async (_name, json, message) => {
    const error = await reading(json).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(LayersModelError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).toMatch(/^[^\p{Cc}]{20,900}$/u);
    expect((error as Error).message.startsWith(`${folder}/model.json: `)).toBe(true);
  });

  it.runIf(process.platform !== "win32")("where its weights are no file in its folder", async () => {
    await symlink("../outside", join(folder, "up"));
    await symlink("/dev/zero", join(folder, "device"));
    await symlink("circle", join(folder, "circle"));
    await mkdir(join(folder, "below"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const refusals = [
      ["up", "up is a link that leads out of the folder"],
      ["device", "device is a link that leads out of the folder"],
      ["circle", "circle: cannot be read: its symbolic links lead in a circle"],
      ["below", "below: cannot be read: expected a file, found a folder"],
      ["pipe", "pipe: cannot be read: expected a file, found a pipe"],
    ];
    for (const [name, message] of refusals)
      await expect(reading(ofPath(name)), name).rejects.toThrow(message);
  });

  it("that is larger than any, a device, or missing", async () => {
    await writeFile(join(folder, "model.json"), "");
    await truncate(join(folder, "model.json"), 3e9);
    await expect(readLayersModel(join(folder, "model.json"))).rejects.toThrow(
      "too large: expected at most 64 MiB",
    );
    await expect(readLayersModel("/dev/zero")).rejects.toThrow("expected a file, found a device");
    await expect(readLayersModel(join(folder, "no.json"))).rejects.toThrow(
      "no.json: cannot be read: there is no",
    );
  });
});
