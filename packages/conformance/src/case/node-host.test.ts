import { expect, test } from "vitest";
import { createNodeHost } from "./node-host.js";

const host = createNodeHost();

test("gives files in a folder of their own, which is gone afterwards", async () => {
  const kept = await host.withFiles?.(async (files) => {
    await files.write("a.bin", Uint8Array.of(1, 2, 3));
    expect([...(await files.read("a.bin"))]).toEqual([1, 2, 3]);
    await host.withFiles?.((others) => expect(others.read("a.bin")).rejects.toThrow("there is no such file"));
    return files;
  });
  await expect(kept?.read("a.bin")).rejects.toThrow("there is no such file");
});

test("measures what the process holds, garbage aside", async () => {
  const size = 200e6;
  const before = (await host.memoryBytes?.()) ?? 0;
  const held = [new Uint8Array(size).fill(1)];
  const holding = (await host.memoryBytes?.()) ?? 0;
  expect(holding - before).toBeGreaterThan(0.8 * size);
  expect(held.pop()?.length).toBe(size);
  const after = (await host.memoryBytes?.()) ?? 0;
  expect(holding - after).toBeGreaterThan(0.8 * size);
});
