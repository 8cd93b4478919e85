import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "@nin/files";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { floatTensors, serializeSafetensors } from "./index.js";
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
    // A zip archive whose first entry's name, after 30 bytes, says what it is.
    const pickle = join(folder, "weights.pt");
    const zipHeader = Buffer.alloc(30);
    zipHeader.write("PK\u0003\u0004", "latin1");
    await writeFile(pickle, Buffer.concat([zipHeader, Buffer.from("weights/data.pkl"), Buffer.alloc(5000)]));
    await expect(readSafetensors(pickle)).rejects.toThrow("got a PyTorch pickle: save it as safetensors");
    const nowhere = join(folder, "no", "w.safetensors");
    await expect(writeSafetensors(nowhere, weights)).rejects.toThrow(
      `${nowhere}: cannot be written: there is no such file or folder`,
    );
  });

  it("are read from a pipe as from a file", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const bytes = serializeSafetensors(weights);
    const read = async (content: Uint8Array) => {
      const [file] = await Promise.allSettled([readSafetensors(path), writeFileAtomic(path, content)]);
      return file;
    };
    expect(await read(bytes)).toMatchObject({ status: "fulfilled" });
    const damaged: readonly (readonly [Uint8Array, string])[] = [
      [bytes.subarray(0, bytes.length - 1), "the file has 7 bytes of data; it is truncated"],
      [Buffer.concat([bytes, Buffer.alloc(9)]), "the tensors fill 8 bytes, but the file has 9 bytes"],
      [bytes.subarray(0, 30), "its header claims 56 bytes, 22 follow"],
      [bytes.subarray(0, 3), "expected at least 8 bytes, got 3"],
      [Buffer.alloc(40, 255), "its header claims 18446744073709551615 bytes, which is too many"],
    ];
    for (const [content, problem] of damaged) {
      expect(await read(content), problem).toMatchObject({
        status: "rejected",
        reason: { message: expect.stringContaining(problem), code: "NIN_SAFETENSORS" },
      });
    }
  });

  it("are read no further than their header promises, and never beyond 2 GiB", async () => {
    const large = async (sizeBytes: number) => {
      const path = join(folder, "large.safetensors");
      await writeFile(path, "");
      await truncate(path, sizeBytes);
      return path;
    };
    const before = process.memoryUsage().arrayBuffers;
    await expect(readSafetensors("/dev/zero")).rejects.toThrow(
      "cannot be read: expected a file, found a device",
    );
    await expect(readSafetensors(folder)).rejects.toThrow("cannot be read: expected a file, found a folder");
    await expect(readSafetensors(await large(3 * 2 ** 30))).rejects.toThrow(
      "too large: expected at most 2,048 MiB, found 3,072 MiB",
    );
    // A length of 0, then 1.9 GB of which nothing is read.
    await expect(readSafetensors(await large(1.9e9))).rejects.toThrow("the header must begin with {");
    const path = await large(1.9e9);
    const file = await open(path, "r+");
    const bytes = serializeSafetensors(weights);
    await file.write(bytes, 0, bytes.length, 0);
    await file.close();
    await expect(readSafetensors(path)).rejects.toThrow(
      "the tensors fill 8 bytes, but the file has 1899999936",
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2e7);
  });

  it("are not touched when the new one cannot be put in place", async () => {
    const path = join(folder, "sub");
    await writeSafetensors(join(folder, "w"), weights);
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(writeSafetensors(path, weights)).rejects.toThrow("cannot be written");
    expect((await readdir(folder)).sort()).toEqual(["sub", "w"]);
  });
});
