import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { floatTensors } from "./index.js";
import { readSafetensors, writeSafetensors } from "./node.js";

describe("files", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nin-safetensors-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const weights = new Map([["w", { shape: [2], data: new Float32Array([1, 2]) }]]);

  it("are read as they were written, and leave nothing else behind", async () => {
    const path = join(folder, "w.safetensors");
    await writeSafetensors(path, weights);
    await writeSafetensors(path, weights);
    expect(floatTensors(await readSafetensors(path))).toEqual(weights);
    expect(await readdir(folder)).toEqual(["w.safetensors"]);
  });

  it("are named when they are missing, damaged or cannot be written", async () => {
    const missing = join(folder, "missing.safetensors");
    await expect(readSafetensors(missing)).rejects.toThrow(
      `${missing}: cannot be read: there is no such file or folder`,
    );
    const damaged = join(folder, "damaged.safetensors");
    await writeFile(damaged, "not a tensor at all");
    await expect(readSafetensors(damaged)).rejects.toThrow(
      `${damaged}: expected a safetensors file, got text`,
    );
    const nowhere = join(folder, "no", "w.safetensors");
    await expect(writeSafetensors(nowhere, weights)).rejects.toThrow(
      `${nowhere}: cannot be written: there is no such file or folder`,
    );
  });

  it("are not touched when the new one cannot be put in place", async () => {
    const path = join(folder, "sub");
    await writeSafetensors(join(folder, "w"), weights);
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(writeSafetensors(path, weights)).rejects.toThrow("cannot be written");
    expect((await readdir(folder)).sort()).toEqual(["sub", "w"]);
  });
});
