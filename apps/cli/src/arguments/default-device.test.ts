import type { Device } from "@nin/backend";
import { beforeEach, expect, test, vi } from "vitest";
import { chooseBackend } from "./backend-options.js";

const state = vi.hoisted(() => ({ devices: [] as Device[] }));

vi.mock("@nin/registry", async (original) => ({
  ...(await original<typeof import("@nin/registry")>()),
  loadBackend: async () => ({ devices: async () => state.devices }),
}));

const cpu = { id: "cpu", name: "a processor" };
const without = { ...cpu, available: false, reason: "onnxruntime-node has no build for darwin x64" };
const wasm = { id: "wasm", name: "WebAssembly", available: true };

let notes: string[] = [];
const terminal = { note: (line: string) => notes.push(line) };
beforeEach(() => {
  notes = [];
});

test("the default device is cpu wherever it can be used, and nothing is said", async () => {
  state.devices = [{ ...cpu, available: true }, wasm];
  expect(await chooseBackend({}, terminal)).toEqual({ backend: "onnxruntime", device: "cpu" });
  expect(notes).toEqual([]);
});

test("where it cannot, it is the one that can, and a note says why", async () => {
  state.devices = [without, wasm];
  expect(await chooseBackend({}, terminal)).toEqual({ backend: "onnxruntime", device: "wasm" });
  expect(notes).toEqual([
    "Using onnxruntime wasm, as cpu cannot be used: onnxruntime-node has no build for darwin x64",
  ]);
});

test("a device that was named is taken at its word, and so is the default one where none can be used", async () => {
  state.devices = [without, { ...wasm, available: false, reason: "not installed" }];
  expect(await chooseBackend({}, terminal)).toEqual({ backend: "onnxruntime", device: "cpu" });
  state.devices = [without, wasm];
  expect(await chooseBackend({ device: "cpu" }, terminal)).toEqual({ backend: "onnxruntime", device: "cpu" });
  expect(notes).toEqual([]);
});
