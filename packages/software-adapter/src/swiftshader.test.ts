import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { AdapterSetupError } from "./errors.js";
import { swiftShaderFiles, unpackSwiftShader } from "./swiftshader.js";
import { emptyFolder } from "./testing/machine.js";

const NAMES = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"];

function filesBelow(cache: string) {
  return swiftShaderFiles({ env: { XDG_CACHE_HOME: cache }, homeFolder: "/nowhere" });
}

it("unpacks once, however many ask at once, and leaves nothing else", async () => {
  const files = filesBelow(await emptyFolder());
  await Promise.all(Array.from({ length: 5 }, () => unpackSwiftShader(files)));
  expect((await readdir(files.folder)).sort()).toEqual(NAMES);
  expect(await readdir(dirname(files.folder))).toHaveLength(1);
  const before = (await stat(files.loader)).mtimeMs;
  await unpackSwiftShader(files);
  expect((await stat(files.loader)).mtimeMs).toBe(before);
});

it.each(["missing", "empty"])("unpacks anew when a file is %s", async (damage) => {
  const files = filesBelow(await emptyFolder());
  await unpackSwiftShader(files);
  if (damage === "missing") await rm(files.loader);
  else await writeFile(files.loader, "");
  await Promise.all([unpackSwiftShader(files), unpackSwiftShader(files)]);
  expect((await stat(files.loader)).size).toBeGreaterThan(100_000);
  expect(await readdir(dirname(files.folder))).toHaveLength(1);
});

it("says that the cache cannot be written, and what to do", async () => {
  const cache = await emptyFolder();
  await writeFile(join(cache, "nin"), "a file where the folder belongs");
  const unpacking = unpackSwiftShader(filesBelow(cache));
  await expect(unpacking).rejects.toBeInstanceOf(AdapterSetupError);
  await expect(unpacking).rejects.toThrow("set XDG_CACHE_HOME to a writable folder");
});
