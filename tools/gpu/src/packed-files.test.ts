import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../dist/packed-files.js", import.meta.url));

const filesFor = (backend: string): readonly string[] =>
  execFileSync(process.execPath, [PROGRAM, backend], { encoding: "utf8", stdio: "pipe" }).trim().split("\n");

it("takes Dawn for Linux x64 along for webgpu, and no other runtime", () => {
  const files = filesFor("webgpu");
  const dawn = files.filter((file) => file.endsWith(".node"));
  expect(dawn).toEqual([expect.stringMatching(/\/webgpu\/dist\/linux-x64\/dawn\.node$/)]);
  const others = /onnxruntime-node\/bin|^packages\/backend-(onnxruntime|tfjs)\//;
  expect(files.filter((file) => others.test(file))).toEqual([]);
  for (const needed of [
    "tools/gpu/dist/main.js",
    "tools/measure/dist/main.js",
    "tools/pytorch/ceilings.py",
  ]) {
    expect(files).toContain(needed);
  }
});

it("takes ONNX Runtime's library for Linux x64 along for onnxruntime, and no Dawn", () => {
  const libraries = filesFor("onnxruntime").filter((file) => /libonnxruntime|dawn\.node/.test(file));
  expect(libraries).toEqual([expect.stringMatching(/\/linux\/x64\/libonnxruntime\.so\.1$/)]);
});

it("refuses another backend", () => {
  expect(() => filesFor("reference")).toThrow(/expected one of onnxruntime, webgpu/);
});
