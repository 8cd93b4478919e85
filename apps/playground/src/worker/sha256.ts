import type { CreateSha256 } from "@nin/training";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** A page's SHA-256: that of the browser hashes whole buffers alone, and is missing where the address is not secure. */
export const createSha256: CreateSha256 = () => {
  const hash = nobleSha256.create();
  return { update: (bytes) => void hash.update(bytes), digest: () => bytesToHex(hash.digest()) };
};

export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(nobleSha256(bytes));
}
