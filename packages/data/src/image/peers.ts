import { missingPeer, type PeerPackage } from "@nin/files";
import { DataError } from "../dataset/errors.js";

/** The decoder of pictures, which users install: an optional peer dependency. */
const SHARP: PeerPackage = { name: "sharp", install: "sharp@0.35" };

/** What is used of it. */
export type Sharp = typeof import("sharp").default;

/**
 * @throws `MissingPackageError` when it is not installed
 * @throws DataError (`NIN_DATA_OPTION`) when its binary for this platform is not
 */
export async function loadSharp(): Promise<Sharp> {
  try {
    return (await import("sharp").catch(missingPeer(SHARP))).default;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("Could not load the")) throw error;
    const platform = `${process.platform}-${process.arch}`;
    const expected = `sharp's binary for ${platform}, which npm installs with it unless optional packages are omitted`;
    const found = "none that can be loaded; install it with `npm install --include=optional sharp@0.35`";
    throw new DataError("sharp", expected, found, { code: "NIN_DATA_OPTION", cause: error });
  }
}
