const text = new TextDecoder("latin1");
/** How much of a file is looked at. Units: bytes. */
const LOOKED_AT = 1024;

/** A line of Python that makes safetensors of what PyTorch saved. */
const FROM_PYTORCH =
  'save it as safetensors, in Python: from safetensors.torch import save_file; save_file(torch.load("weights.pt", weights_only=True), "weights.safetensors")';

interface FileKind {
  /** Of the file's beginning, a character a byte. */
  readonly pattern: RegExp;
  readonly name: string;
  /** What to do with it. */
  readonly remedy?: string;
}

/** The first that fits is meant. */
const KINDS: readonly FileKind[] = [
  { pattern: /^\x89PNG\r\n/, name: "a PNG image" },
  { pattern: /^\xff\xd8\xff/, name: "a JPEG image" },
  { pattern: /^GIF8[79]a/, name: "a GIF image" },
  { pattern: /^RIFF[^]{4}WEBP/, name: "a WebP image" },
  { pattern: /^[^]{4}ftyp(?:avif|heic|mif1)/, name: "an AVIF or HEIC image" },
  { pattern: /^(?:II\*\0|MM\0\*)/, name: "a TIFF image" },
  { pattern: /^BM[^]{4}\0{4}/, name: "a BMP image" },
  { pattern: /^PK\x03\x04[^]{26,200}data\.pkl/, name: "a PyTorch pickle", remedy: FROM_PYTORCH },
  { pattern: /^PK\x03\x04[^]{26,200}\.npy/, name: "a NumPy archive (.npz)" },
  { pattern: /^PK[\x03\x05\x07]/, name: "a zip archive" },
  { pattern: /^\x80[\x02-\x05]/, name: "a pickle, as older versions of PyTorch save", remedy: FROM_PYTORCH },
  { pattern: /^\x93NUMPY/, name: "a NumPy array (.npy)" },
  { pattern: /^\x89HDF\r\n/, name: "an HDF5 file, as Keras saves" },
  { pattern: /^GGUF/, name: "a GGUF file" },
  { pattern: /^\x1f\x8b/, name: "a gzip archive", remedy: "unpack it first" },
  { pattern: /^(?:BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/, name: "a compressed file", remedy: "unpack it first" },
  { pattern: /^\0\0\x08[\x01\x03]/, name: "an IDX file of images or labels" },
  { pattern: /^\x08[\x01-\x20]\x12/, name: "an ONNX model" },
  { pattern: /^%PDF/, name: "a PDF document" },
  {
    pattern: /^version https:\/\/git-lfs/,
    name: "a pointer of Git LFS, not the file itself",
    remedy: "fetch it with git lfs pull",
  },
  { pattern: /^\s*<(?:!doctype html|html|head|body)/i, name: "a web page (HTML)" },
  { pattern: /^\s*<[?!a-z]/i, name: "XML" },
  { pattern: /^\s*[[{]\s*["[{\]}\d-]/, name: "JSON" },
  { pattern: /^[\t\n\r\x20-\x7e]{16}/, name: "text" },
];

/** What a file that is no safetensors file is, by its first bytes, and what to do with it; undefined where that is not known. */
export function foreignKind(bytes: Uint8Array): string | undefined {
  const beginning = text.decode(bytes.subarray(0, LOOKED_AT));
  const kind = KINDS.find(({ pattern }) => pattern.test(beginning));
  if (kind === undefined) return undefined;
  return kind.remedy === undefined ? kind.name : `${kind.name}: ${kind.remedy}`;
}
