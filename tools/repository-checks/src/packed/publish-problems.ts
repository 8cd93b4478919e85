import { readFile } from "node:fs/promises";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { PackedPackage } from "./pack.js";

/** What publint has against a tarball, suggestions included. */
export async function publishProblems({ manifest, tarball }: PackedPackage): Promise<readonly string[]> {
  const bytes = await readFile(tarball);
  const { messages } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
    strict: true,
  });
  return messages.map((message) => formatMessage(message, manifest, { color: false }) ?? message.code);
}
