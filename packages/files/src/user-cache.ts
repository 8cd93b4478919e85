import { homedir } from "node:os";
import { join } from "node:path";

/** What the cache's place depends on; tests give their own. */
export interface CacheSurroundings {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly homeFolder?: string;
}

/** The user's cache folder for NiN: `XDG_CACHE_HOME` when set, else the platform's own. */
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
