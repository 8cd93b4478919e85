import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("packed-files.mjs", import.meta.url));

const filesFor = (backend) =>
  execFileSync(process.execPath, [SCRIPT, backend], { encoding: "utf8", stdio: "pipe" }).trim().split("\n");

test("webgpu takes Dawn for Linux x64 along, and no other runtime", () => {
  const files = filesFor("webgpu");
  const dawn = files.filter((file) => file.endsWith(".node"));
  assert.equal(dawn.length, 1);
  assert.match(dawn[0], /\/webgpu\/dist\/linux-x64\/dawn\.node$/);
  assert.deepEqual(
    files.filter((file) => /onnxruntime-node|^packages\/backend-(onnxruntime|tfjs)\//.test(file)),
    [],
  );
  assert.ok(files.includes("scripts/card/check-and-measure.mjs"));
});

test("onnxruntime takes its library for Linux x64 along, and no Dawn", () => {
  const files = filesFor("onnxruntime");
  const libraries = files.filter((file) => /libonnxruntime|dawn\.node/.test(file));
  assert.equal(libraries.length, 1);
  assert.match(libraries[0], /\/linux\/x64\/libonnxruntime\.so\.1$/);
});

test("another backend is refused", () => {
  assert.throws(() => filesFor("reference"), /expected one of onnxruntime, webgpu/);
});
