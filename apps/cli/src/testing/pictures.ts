import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import sharp from "sharp";

/** Writes a picture of these pixels: grey, RGB or RGBA. */
export async function writePicture(
  path: string,
  pixels: Uint8Array,
  size: { readonly width: number; readonly height: number; readonly channels: 1 | 3 | 4 },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await sharp(Buffer.from(pixels), { raw: size }).png().toBuffer());
}

/** Pixels with edges, the same for the same seed. */
export function noisePixels(count: number, seed: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}
