/**
 * Reorders the pixels of an image in place, from [height * width, channels] to [channels, height * width].
 *
 * @param scratch - as long as the image
 */
export function planesOfPixels(image: Uint8Array, channels: number, scratch: Uint8Array): void {
  if (channels === 1) return;
  scratch.set(image);
  const area = image.length / channels;
  for (let pixel = 0, from = 0; pixel < area; pixel += 1, from += channels) {
    for (let channel = 0; channel < channels; channel += 1)
      image[channel * area + pixel] = scratch[from + channel] as number;
  }
}

/** Grey from RGB by ITU-R BT.601-2 in 16 bits of fraction, as Pillow converts RGB to L. Units: bytes. */
export function luma(red: number, green: number, blue: number): number {
  return (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16;
}

/** Grey from an image in colour. Shapes: [3, height, width] to [1, height, width]; `grey` may be the image's first plane. */
export function lumaOfPlanes(image: Uint8Array, grey: Uint8Array): void {
  const area = image.length / 3;
  for (let pixel = 0; pixel < area; pixel += 1) {
    const [green, blue] = [image[area + pixel] as number, image[2 * area + pixel] as number];
    grey[pixel] = luma(image[pixel] as number, green, blue);
  }
}
