import { homedir } from "node:os";
import { join } from "node:path";

/** What the location of the cache depends on; by default that of the process. */
export interface CacheSurroundings {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly homeFolder?: string;
}

/** The user's cache folder for NiN: in `XDG_CACHE_HOME` when it is set, else where the platform has caches. */
export function userCacheFolder(surroundings: CacheSurroundings = {}): string {
  const { platform = process.platform, env = process.env, homeFolder = homedir() } = surroundings;
  return join(env.XDG_CACHE_HOME || platformCache(platform, env, homeFolder), "nin");
}

function platformCache(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): string {
  if (platform === "win32") return env.LOCALAPPDATA || join(homeFolder, "AppData", "Local");
  return platform === "darwin" ? join(homeFolder, "Library", "Caches") : join(homeFolder, ".cache");
}
