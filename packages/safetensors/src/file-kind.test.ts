import { expect, it, test } from "vitest";
import { parseSafetensors, SafetensorsError } from "./index.js";

const ascii = (text: string): readonly number[] => [...text].map((character) => character.charCodeAt(0));
const rest = new Array<number>(64).fill(200);
/** As `torch.save` begins: a local header of the first entry, `archive/data.pkl`. */
const torchZip = [...ascii("PK\u0003\u0004"), ...new Array<number>(26).fill(0), ...ascii("archive/data.pkl")];
const PYTHON = "from safetensors.torch import save_file";

it.each<[string, readonly number[], string]>([
  ["PNG", [0x89, ...ascii("PNG\r\n\u001a\n")], "a PNG image"],
  ["JPEG", [0xff, 0xd8, 0xff, 0xe0], "a JPEG image"],
  ["GIF", ascii("GIF89a"), "a GIF image"],
  ["WebP", ascii("RIFFabcdWEBPVP8 "), "a WebP image"],
  ["torch.save", torchZip, "a PyTorch pickle: save it as safetensors"],
  ["torch.save, before 1.6", [0x80, 2, 0x8a, 10], "a pickle, as older versions of PyTorch save"],
  ["zip", ascii("PK\u0003\u0004abcdefgh"), "a zip archive"],
  ["npy", [0x93, ...ascii("NUMPY\u0001\0")], "a NumPy array (.npy)"],
  ["gzip", [0x1f, 0x8b, 8, 0], "a gzip archive: decompress it first"],
  ["HTML", ascii("\n<!DOCTYPE html><html>"), "a web page (HTML)"],
  ["JSON", ascii('{\n  "input": [1]'), "JSON"],
  ["a Git LFS pointer", ascii("version https://git-lfs.github.com/spec/v1\n"), "a pointer of Git LFS"],
  ["ONNX", [8, 10, 0x12, 7, ...ascii("pytorch")], "an ONNX model"],
  ["IDX", [0, 0, 8, 3, 0, 0, 0xea, 0x60], "an IDX file of images or labels"],
  ["text", ascii("epoch,loss,accuracy\n1,2.3,0.1\n"), "text"],
])("names a file that is something else: %s", (_, bytes, name) => {
  const parse = () => parseSafetensors(Uint8Array.from([...bytes, ...rest]), "a.png");
  expect(parse).toThrow(SafetensorsError);
  expect(parse).toThrow(`a.png: expected a safetensors file, got ${name}`);
});

test("a PyTorch file comes with the line of Python that converts it", () => {
  expect(() => parseSafetensors(Uint8Array.from([...torchZip, ...rest]))).toThrow(PYTHON);
});

test("what is nothing known is said to be damaged, and a safetensors file of any length of header is read", () => {
  expect(() => parseSafetensors(Uint8Array.from(rest))).toThrow("not a whole safetensors file");
  // Cut off; the length of its header is how an ONNX model begins.
  const cut = Uint8Array.from([8, 0x10, 0x12, 0, 0, 0, 0, 0, ...ascii('{"t":{"dtype":"F32"')]);
  expect(() => parseSafetensors(cut)).toThrow("not a whole safetensors file: its header claims");
  // The length of its header, 0x4d42 little-endian, is how a BMP image begins.
  const header = '{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'.padEnd(0x4d42);
  const file = Uint8Array.from([0x42, 0x4d, 0, 0, 0, 0, 0, 0, ...ascii(header), 7]);
  expect([...parseSafetensors(file).tensors.keys()]).toEqual(["t"]);
});
