import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("packed-files.js", import.meta.url));

const filesFor = (backend) =>
  execFileSync(process.execPath, [SCRIPT, backend], { encoding: "utf8", stdio: "pipe" }).trim().split("\n");

it("webgpu takes Dawn for Linux x64 along, and no other runtime", () => {
  const files = filesFor("webgpu");
  const dawn = files.filter((file) => file.endsWith(".node"));
  expect(dawn.length).toBe(1);
  expect(dawn[0]).toMatch(/\/webgpu\/dist\/linux-x64\/dawn\.node$/);
  expect(files.filter((file) => /onnxruntime-node|^packages\/backend-(onnxruntime|tfjs)\//.test(file))).toEqual([]);
  expect(files.includes("scripts/card/check-and-measure.js")).toBe(true);
});

it("onnxruntime takes its library for Linux x64 along, and no Dawn", () => {
  const files = filesFor("onnxruntime");
  const libraries = files.filter((file) => /libonnxruntime|dawn\.node/.test(file));
  expect(libraries.length).toBe(1);
  expect(libraries[0]).toMatch(/\/linux\/x64\/libonnxruntime\.so\.1$/);
});

it("another backend is refused", () => {
  expect(() => filesFor("reference")).toThrow(/expected one of onnxruntime, webgpu/);
});
