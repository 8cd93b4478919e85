import { createHash } from "node:crypto";
import { type CreateSha256, sha256Of } from "../record/sha256.js";

/** Node's SHA-256. */
export const createSha256: CreateSha256 = () => {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
};

export function sha256(bytes: Uint8Array | string): string {
  return sha256Of(bytes, createSha256);
}
