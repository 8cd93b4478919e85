import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { MissingPackageError } from "./errors.js";
import { installedVersions, missingPeer, type PeerPackage, peerObstacle } from "./peer-package.js";

const FAST: PeerPackage = { name: "fast-runtime", install: "fast-runtime@1.2 @nin/driver" };
const SENTENCE = "fast-runtime is not installed; install it with `npm install fast-runtime@1.2 @nin/driver`";
const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ name);

/** `import.meta.url` of a module in a folder where these packages are installed. */
async function moduleWith(packages: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nin-peers-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, version] of Object.entries(packages)) {
    await mkdir(join(folder, "node_modules", name), { recursive: true });
    await writeFile(join(folder, "node_modules", name, "package.json"), JSON.stringify({ name, version }));
  }
  return pathToFileURL(join(folder, "module.js")).href;
}

describe("missingPeer", () => {
  it.each([
    ["Node", "ERR_MODULE_NOT_FOUND", "Cannot find package 'fast-runtime' imported from /a/b.js"],
    ["Bun", "ERR_MODULE_NOT_FOUND", "Cannot find package 'fast-runtime' from '/a/b.js'"],
    ["CommonJS", "MODULE_NOT_FOUND", "Cannot find module 'fast-runtime'\nRequire stack:\n- /a/b.js"],
  ])("says how to install what %s does not find", (_, code, message) => {
    const error = Object.assign(new Error(message), { code });
    expect(() => missingPeer(FAST)(error)).toThrow(new MissingPackageError("fast-runtime", FAST.install));
    expect(() => missingPeer(FAST)(error)).toThrow(SENTENCE);
  });

  it.each([
    [
      "what the package itself lacks",
      "ERR_MODULE_NOT_FOUND",
      "Cannot find package 'other' imported from /a/b.js",
    ],
    ["what the package fails with", "ERR_DLOPEN_FAILED", "'fast-runtime' cannot be loaded"],
  ])("passes on %s", (_, code, message) => {
    const error = Object.assign(new Error(message), { code });
    expect(() => missingPeer(FAST)(error)).toThrow(error);
  });

  it("knows a real failure", async () => {
    await expect(load("fast-runtime").catch(missingPeer(FAST))).rejects.toThrow(SENTENCE);
  });
});

describe("peerObstacle", () => {
  const never = (): Promise<never> => Promise.reject(new Error("not to be loaded"));

  it("is nothing where the package is installed, which is not loaded to find out", async () => {
    expect(await peerObstacle(FAST, await moduleWith({ "fast-runtime": "1.2.3" }), never)).toBeUndefined();
  });

  it("is nothing where the package is part of a bundle", async () => {
    expect(await peerObstacle(FAST, await moduleWith({}), async () => ({}))).toBeUndefined();
  });

  it("says how to install it where it is neither", async () => {
    const obstacle = await peerObstacle(FAST, await moduleWith({}), () => load("fast-runtime"));
    expect(obstacle).toMatchObject({
      code: "NIN_MISSING_PACKAGE",
      packageName: "fast-runtime",
      message: SENTENCE,
    });
  });
});

it("installedVersions names what is installed", async () => {
  const from = await moduleWith({ "fast-runtime": "1.2.3", other: "4.5.6" });
  expect(installedVersions(from, ["fast-runtime", "absent"])).toEqual({ "fast-runtime": "1.2.3" });
});
