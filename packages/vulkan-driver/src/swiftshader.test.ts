import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AdapterSetupError } from "./errors.js";
import { swiftShaderFiles, unpackSwiftShader } from "./swiftshader.js";
import { emptyFolder } from "./testing/machine.js";

const NAMES = ["libvk_swiftshader.so", "libvulkan.so.1", "sha256.json", "vk_swiftshader_icd.json"];

let unpacked = "";

beforeAll(async () => {
  unpacked = await mkdtemp(join(tmpdir(), "nin-unpacked-"));
  await unpackSwiftShader(filesBelow(unpacked));
});

afterAll(() => rm(unpacked, { recursive: true, force: true }));

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

/** What may become of a file, by name. */
const DAMAGE = {
  missing: (path: string) => rm(path),
  empty: (path: string) => writeFile(path, ""),
  cut: async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2)),
  "full of zeros": async (path: string) => writeFile(path, new Uint8Array((await stat(path)).size)),
  "of one wrong bit": async (path: string) => {
    const bytes = await readFile(path);
    const middle = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    await writeFile(path, bytes);
  },
} as const satisfies Readonly<Record<string, (path: string) => Promise<void>>>;

it.each([
  ["libvk_swiftshader.so", "cut"],
  ["libvk_swiftshader.so", "full of zeros"],
  ["libvk_swiftshader.so", "of one wrong bit"],
  ["libvulkan.so.1", "missing"],
  ["libvulkan.so.1", "empty"],
  ["vk_swiftshader_icd.json", "of one wrong bit"],
  ["sha256.json", "cut"],
] as const)("unpacks anew when %s is %s", async (name, damage) => {
  const files = filesBelow(await unpackedCache());
  const whole = await contentsOf(files.folder);
  await DAMAGE[damage](join(files.folder, name));
  expect(await contentsOf(files.folder)).not.toEqual(whole);
  await Promise.all([unpackSwiftShader(files), unpackSwiftShader(files)]);
  expect(await contentsOf(files.folder)).toEqual(whole);
  expect(await readdir(dirname(files.folder))).toHaveLength(1);
});

/** A cache of the test's own with SwiftShader in it, copied: unpacking takes longer. */
async function unpackedCache(): Promise<string> {
  const cache = await emptyFolder();
  await cp(unpacked, cache, { recursive: true });
  return cache;
}

async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder);
  const entries = names.map(async (name) => {
    const digest = createHash("sha256").update(await readFile(join(folder, name)));
    return [name, digest.digest("hex")] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

it("ends with an error under /proc, where Node's own way to make folders does not end", async ({ skip }) => {
  if (process.platform !== "linux") return skip("there is no /proc");
  const unpacking = unpackSwiftShader(filesBelow("/proc/nowhere/at/all"));
  await expect(unpacking).rejects.toBeInstanceOf(AdapterSetupError);
});

it("says that the cache cannot be written, and what to do", async () => {
  const cache = await emptyFolder();
  await writeFile(join(cache, "nin"), "a file where the folder belongs");
  const unpacking = unpackSwiftShader(filesBelow(cache));
  await expect(unpacking).rejects.toBeInstanceOf(AdapterSetupError);
  await expect(unpacking).rejects.toThrow("set XDG_CACHE_HOME to a writable folder");
});
