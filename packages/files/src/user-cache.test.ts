import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { userCacheFolder } from "./user-cache.js";

describe("userCacheFolder", () => {
  it.each([
    ["linux", { XDG_CACHE_HOME: "/x" }, "/x/nin"],
    ["linux", {}, "/home/me/.cache/nin"],
    ["linux", { XDG_CACHE_HOME: "" }, "/home/me/.cache/nin"],
    ["darwin", {}, "/home/me/Library/Caches/nin"],
    ["win32", { LOCALAPPDATA: "/local" }, "/local/nin"],
    ["win32", {}, "/home/me/AppData/Local/nin"],
  ] as const)("on %s with %j is %s", (platform, env, expected) => {
    expect(userCacheFolder({ platform, env, homeFolder: "/home/me" })).toBe(join(expected));
  });
});
