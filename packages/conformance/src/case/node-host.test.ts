import { present } from "@nin/spec";
import { expect, test } from "vitest";
import { createNodeHost } from "./node-host.js";

const host = createNodeHost();

test("provides a folder for each use, and removes it afterwards", async () => {
  const kept = await host.withFiles?.(async (files) => {
    await files.write("a.bin", Uint8Array.of(1, 2, 3));
    expect([...(await files.read("a.bin"))]).toEqual([1, 2, 3]);
    await host.withFiles?.((others) => expect(others.read("a.bin")).rejects.toThrow("there is no such file"));
    return files;
  });
  await expect(kept?.read("a.bin")).rejects.toThrow("there is no such file");
});

test("measures the memory that the process holds, without garbage", async () => {
  const size = 200e6;
  const memoryBytes = present(host.memoryBytes);
  const before = await memoryBytes();
  const held = [new Uint8Array(size).fill(1)];
  const holding = await memoryBytes();
  expect(holding - before).toBeGreaterThan(0.8 * size);
  expect(held.pop()?.length).toBe(size);
  const after = await memoryBytes();
  expect(holding - after).toBeGreaterThan(0.8 * size);
});
