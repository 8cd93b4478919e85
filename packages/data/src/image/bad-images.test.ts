import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pngBytes, pngChunk } from "@nin/test-support";
import { expect, it } from "vitest";
import { emptyFolder } from "../testing/idx-folder.js";
import { pillowPictures } from "../testing/pictures.js";
import { grey, refusal } from "../testing/tree.js";
import { readImageBytes, readImageFile } from "./read-image-file.js";

const TO = { channels: 3, height: 4, width: 4 };
const pictures = new Map(pillowPictures().map(({ name, file }) => [name, file]));
const picture = (name: string): Buffer => pictures.get(name) ?? Buffer.alloc(0);
const png = picture("rgb.png");
const gif = picture("animated.gif");

/** A PNG whose header promises this size, and little else. */
function promising(height: number, width: number): Buffer {
  const file = grey(1);
  const header = Buffer.from(file.subarray(16, 29));
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([file.subarray(0, 8), pngChunk("IHDR", header), file.subarray(33)]);
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
}

const HALF = 0.5;
const part = (bytes: Buffer, share: number): Buffer => bytes.subarray(0, Math.floor(bytes.length * share));
const ftyp = (brand: string): Buffer => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mif1`, "latin1");

it.each([
  ["an empty file", Buffer.alloc(0), "found an empty file"],
  ["text", Buffer.from("hello"), "found another kind of file"],
  ["a byte", Buffer.of(0x89), "found another kind of file"],
  ["a BMP", Buffer.from("BM\0\0\0\0"), "found a BMP image"],
  ["a TIFF", Buffer.from("II*\0\0\0\0\0", "latin1"), "found a TIFF image"],
  ["an SVG", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "found an SVG drawing"],
  ["a web page", Buffer.from("<!DOCTYPE html><p>404"), "found a web page"],
  ["an HEIC", ftyp("heic"), "found an HEIC image"],
  ["a PDF", Buffer.from("%PDF-1.7"), "found a PDF document"],
  ["an icon", Buffer.from([0, 0, 1, 0, 1, 0]), "found an icon"],
  ["a JPEG XL", Buffer.from("\xff\x0a\0\0", "latin1"), "found a JPEG XL image"],
  ["a PNG's signature alone", png.subarray(0, 8), "a whole PNG image, found a truncated or damaged one"],
  ["a PNG cut in half", part(picture("tall.png"), HALF), "a whole PNG image"],
  ["a PNG whose pixels are damaged", changed(png, 60), "a whole PNG image"],
  ["a PNG whose header is damaged", changed(png, 20), "a whole PNG image"],
  ["a PNG without pixels", Buffer.concat([png.subarray(0, 33), png.subarray(-12)]), "a whole PNG image"],
  ["a JPEG cut in half", part(picture("photo.jpg"), HALF), "a whole JPEG image"],
  ["a JPEG's beginning", picture("photo.jpg").subarray(0, 20), "a whole JPEG image"],
  ["a WebP cut in half", part(picture("lossless.webp"), HALF), "a whole WebP image"],
  ["a GIF cut short", part(gif, 0.2), "a whole GIF image"],
  ["a GIF's header alone", gif.subarray(0, 6), "a whole GIF image"],
  ["an AVIF cut in half", part(picture("photo.avif"), HALF), "a whole AVIF image"],
  ["an AVIF's beginning", ftyp("avif"), "a whole AVIF image"],
  ["a bomb", promising(30_000, 30_000), "expected an image of at most 178956970 pixels, found 30000 x 30000"],
  ["a wide bomb", promising(1, 2 ** 31 - 1), /expected (?:an image of at most|a whole PNG)/],
  ["a PNG without height", promising(0, 4), "a whole PNG image"],
])("%s is refused by one line", async (_, bytes, message) => {
  const { message: found } = await refusal(() => readImageBytes(bytes, TO, { name: "a.png" }));
  expect(found).toMatch(/^a\.png: expected /);
  if (typeof message === "string") expect(found).toContain(message);
  else expect(found).toMatch(message);
});

it("what is wrong with an image is the same next to others that are broken", async () => {
  const broken = [
    part(picture("photo.jpg"), HALF),
    part(gif, 0.2),
    part(picture("tall.png"), HALF),
    part(picture("lossless.webp"), HALF),
    changed(png, 60),
  ];
  const said = async (bytes: Buffer) =>
    (await refusal(() => readImageBytes(bytes, TO, { name: "a" }))).message;
  const alone: string[] = [];
  for (const bytes of broken) alone.push(await said(bytes));
  const many = await Promise.all(Array.from({ length: 20 }, () => broken.map(said)).flat());
  expect(many).toEqual(Array.from({ length: 20 }, () => alone).flat());
});

it.each([
  ["nothing", "cannot be read: there is no such file", async () => {}],
  ["a folder", "expected a file, found a folder", async (path: string) => void (await mkdir(path))],
  ["a device", "expected a file, found a device", (path: string) => symlink("/dev/zero", path)],
  [
    "a socket or pipe",
    "expected a file, found a pipe",
    async (path: string) => void execFileSync("mkfifo", [path]),
  ],
])("a path with %s is refused", async (_, message, make) => {
  const path = join(await emptyFolder(), "a.png");
  await make(path);
  const { message: found, file } = await refusal(() => readImageFile(path, TO, { regularOnly: true }));
  expect([file, found]).toEqual([path, expect.stringContaining(message)]);
});

it.each([
  [
    { channels: 4, height: 4, width: 4 },
    "channels: expected a network with 1 channel (grey) or 3 (RGB), found 4",
  ],
  [{ channels: 3, height: 0, width: 4 }, "height: expected a positive number of pixels, found 0"],
  [{ channels: 3, height: 4, width: 1.5 }, "width: expected a positive number of pixels, found 1.5"],
])("no image is made of %o", async (to, message) => {
  expect((await refusal(() => readImageBytes(png, to))).message).toBe(message.replace(": ", ": "));
});

it("takes a picture of the most pixels for what it is, whatever its name", async () => {
  const path = join(await emptyFolder(), "named.jpg");
  await writeFile(path, png);
  expect(await readImageFile(path, TO)).toEqual(await readImageBytes(png, TO));
  const many = pngBytes({ height: 1, width: 40, channels: 1, pixels: new Uint8Array(40) });
  await expect(readImageBytes(many, TO, { maxPixels: 40 })).resolves.toHaveLength(48);
  expect((await refusal(() => readImageBytes(many, TO, { maxPixels: 39 }))).message).toContain(
    "at most 39 pixels, found 40 x 1",
  );
});
