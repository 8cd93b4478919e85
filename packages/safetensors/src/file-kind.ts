/** How much of a file is inspected to recognise its kind. Units: bytes. */
export const INSPECTED_BYTES = 1024;

/** A line of Python that converts what PyTorch saved to safetensors. */
const FROM_PYTORCH =
  'save it as safetensors, in Python: from safetensors.torch import save_file; save_file(torch.load("weights.pt", weights_only=True), "weights.safetensors")';
const DECOMPRESS = "decompress it first";

interface FileKind {
  readonly pattern: RegExp;
  readonly name: string;
  /** What the user can do. */
  readonly remedy?: string;
}

/** Kinds by a file's first bytes in hexadecimal. The first match counts. */
const BINARY: readonly FileKind[] = [
  { pattern: /^89504e470d0a/, name: "a PNG image" },
  { pattern: /^ffd8ff/, name: "a JPEG image" },
  { pattern: /^47494638(?:37|39)61/, name: "a GIF image" },
  { pattern: /^52494646.{8}57454250/, name: "a WebP image" },
  { pattern: /^.{8}66747970(?:61766966|68656963|6d696631)/, name: "an AVIF or HEIC image" },
  { pattern: /^(?:49492a00|4d4d002a)/, name: "a TIFF image" },
  { pattern: /^424d.{8}00000000/, name: "a BMP image" },
  // A zip archive whose first entry is `NAME/data.pkl`.
  { pattern: /^504b0304(?:..){26,200}?646174612e706b6c/, name: "a PyTorch pickle", remedy: FROM_PYTORCH },
  { pattern: /^504b0304(?:..){26,200}?2e6e7079/, name: "a NumPy archive (.npz)" },
  { pattern: /^504b(?:03|05|07)/, name: "a zip archive" },
  { pattern: /^800[2-5]/, name: "a pickle, as older versions of PyTorch save", remedy: FROM_PYTORCH },
  { pattern: /^934e554d5059/, name: "a NumPy array (.npy)" },
  { pattern: /^894844460d0a/, name: "an HDF5 file, as Keras saves" },
  { pattern: /^47475546/, name: "a GGUF file" },
  { pattern: /^1f8b/, name: "a gzip archive", remedy: DECOMPRESS },
  { pattern: /^(?:425a68|fd377a585a|28b52ffd)/, name: "a compressed file", remedy: DECOMPRESS },
  { pattern: /^000008(?:01|03)/, name: "an IDX file of images or labels" },
  { pattern: /^08[01].12/, name: "an ONNX model" },
  { pattern: /^25504446/, name: "a PDF document" },
];

/** Kinds by a file's first characters. */
const TEXT: readonly FileKind[] = [
  {
    pattern: /^version https:\/\/git-lfs/,
    name: "a pointer of Git LFS, not the file itself",
    remedy: "fetch it with git lfs pull",
  },
  { pattern: /^\s*<(?:!doctype html|html|head|body)/i, name: "a web page (HTML)" },
  { pattern: /^\s*<[?!a-z]/i, name: "XML" },
  { pattern: /^\s*[[{]\s*["[{\]}\d-]/, name: "JSON" },
  { pattern: /^[\t\n\r -~]{16}/, name: "text" },
];

/**
 * The kind of a file that is not safetensors, recognised by its first bytes, with what the user can do; `undefined` for an
 * unknown kind.
 */
export function foreignKind(bytes: Uint8Array): string | undefined {
  if (beginsLikeSafetensors(bytes)) return undefined;
  const beginning = [...bytes.subarray(0, INSPECTED_BYTES)];
  const hex = beginning.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = String.fromCharCode(...beginning);
  const kind =
    BINARY.find(({ pattern }) => pattern.test(hex)) ?? TEXT.find(({ pattern }) => pattern.test(text));
  if (kind === undefined) return undefined;
  return kind.remedy === undefined ? kind.name : `${kind.name}: ${kind.remedy}`;
}

/** Whether a file starts like safetensors, and so was probably cut off: a length of less than 4 GiB, then a brace. */
function beginsLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.subarray(4, 8).every((byte) => byte === 0) && bytes[8] === 0x7b;
}
