/** The kinds of picture files that are read. */
export type ImageKind = "PNG" | "JPEG" | "GIF" | "WebP" | "AVIF";

/** For messages. */
export const IMAGE_KINDS = "PNG, JPEG, WebP, GIF or AVIF";

const EXTENSIONS: ReadonlySet<string> = new Set([
  "png",
  "apng",
  "jpg",
  "jpeg",
  "jpe",
  "jfif",
  "gif",
  "webp",
  "avif",
]);
/** Pictures that people have and that are not read: reported, where other files are passed over. */
const UNREAD_EXTENSIONS: ReadonlySet<string> = new Set([
  ..."bmp dib tif tiff heic heif jxl jp2 j2k svg svgz ico psd pbm pgm ppm pnm tga exr hdr dng cr2 nef arw".split(
    " ",
  ),
]);

/** Files and folders that operating systems and servers put next to a user's own, in lower case. */
const SYSTEM_NAMES: ReadonlySet<string> = new Set([
  "thumbs.db",
  "ehthumbs.db",
  "desktop.ini",
  "icon\r",
  "$recycle.bin",
  "system volume information",
  "__macosx",
  "@eadir",
  "lost+found",
]);

/** Whether a file or folder is hidden, or no user's own. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || SYSTEM_NAMES.has(name.toLowerCase());
}

/** How many bytes of a file `imageKind` looks at. */
export const KIND_BYTES = 64;

/** Whether a file's name says that it is a picture, of a kind that is read or not. */
export function isImageName(name: string): boolean {
  const ending = extensionOf(name);
  return EXTENSIONS.has(ending) || UNREAD_EXTENSIONS.has(ending);
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

/** The kind of picture that a file is by its first bytes, whatever its name; `undefined` for all others. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const beginning = latin1(bytes);
  if (beginning.startsWith("\x89PNG\r\n\x1a\n")) return "PNG";
  if (beginning.startsWith("\xff\xd8\xff")) return "JPEG";
  if (beginning.startsWith("GIF87a") || beginning.startsWith("GIF89a")) return "GIF";
  if (beginning.startsWith("RIFF") && beginning.slice(8, 12) === "WEBP") return "WebP";
  return isoBrands(beginning).some((brand) => brand === "avif" || brand === "avis") ? "AVIF" : undefined;
}

const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ["BM", "a BMP image"],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["8BPS", "a Photoshop document"],
  ["\xff\x0a", "a JPEG XL image"],
  ["\0\0\0\x0cJXL ", "a JPEG XL image"],
  ["\0\0\0\x0cjP  ", "a JPEG 2000 image"],
  ["\0\0\x01\0", "an icon"],
  ["%PDF", "a PDF document"],
  ["<svg", "an SVG drawing"],
  ["<?xml", "XML"],
  ["<!DOCTYPE", "a web page"],
  ["<html", "a web page"],
];

/** What a file is that `imageKind` does not know, for messages. */
export function otherKind(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const beginning = latin1(bytes);
  if (isoBrands(beginning).some((brand) => /^(?:hei|hev|mif1|msf1)/.test(brand))) return "an HEIC image";
  return OTHER_KINDS.find(([start]) => beginning.startsWith(start))?.[1] ?? "another kind of file";
}

/** The brands of a file of ISO's base media format: the major one, then those that it is compatible with. */
function isoBrands(beginning: string): readonly string[] {
  if (beginning.slice(4, 8) !== "ftyp") return [];
  const sizeBytes = beginning.charCodeAt(2) * 256 + beginning.charCodeAt(3);
  const brands = beginning.slice(8, sizeBytes).match(/.{4}/gs) ?? [];
  return brands.filter((_, index) => index !== 1);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, KIND_BYTES));
}
