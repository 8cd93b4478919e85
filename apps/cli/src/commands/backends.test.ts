import { availableParallelism } from "node:os";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { nin } from "../testing/nin.js";
import { backendLines } from "./backends.js";

describe("backends", () => {
  it("--json lists every device, usable or why not, and nothing else", () =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await nin(["backends", "--json"], { cwd });
      expect([status, stderr]).toEqual([0, ""]);
      const listings: { readonly backend: string; readonly devices: readonly Record<string, unknown>[] }[] =
        JSON.parse(stdout);
      expect(listings.map((listing) => Object.keys(listing))).toEqual(
        listings.map(() => ["backend", "devices"]),
      );
      const ids = listings.map(({ backend, devices }) => [backend, devices.map(({ id }) => id)]);
      expect(ids).toEqual([
        ["onnxruntime", ["cpu", "webgpu", "cuda", "wasm"]],
        ["webgpu", ["gpu", "lavapipe", "swiftshader"]],
        ["tfjs", ["tensorflow", "webgpu", "cpu"]],
        ["reference", ["cpu"]],
      ]);
      for (const { id: _id, name, available, reason } of listings.flatMap(({ devices }) => devices)) {
        expect(name).toEqual(expect.any(String));
        expect(typeof reason).toBe(available === true ? "undefined" : "string");
      }
      expect(listings[0]?.devices[0]).toMatchObject({
        id: "cpu",
        available: true,
        details: expect.arrayContaining([{ name: "threads", value: availableParallelism() }]),
      });
    }));

  it("keeps details for those who ask, and opens nothing for the others", () =>
    inNewFolder(async (cwd) => {
      const detail = /^ {8,}onnxruntime-node {2}\d+\.\d+\.\d+$/m;
      const plain = await nin(["backends"], { cwd });
      expect([plain.status, plain.stderr]).toEqual([0, ""]);
      expect(plain.stdout).not.toMatch(detail);
      const detailed = await nin(["backends", "--details"], { cwd });
      expect([detailed.status, detailed.stderr]).toEqual([0, ""]);
      expect(detailed.stdout).toMatch(detail);
      expect(detailed.stdout).toMatch(new RegExp(`^ {8,}threads +${availableParallelism()}$`, "m"));
    }));

  it("prints the same for a reader", () => {
    const lines = backendLines([
      {
        backend: "fast",
        description: "runs",
        devices: [
          { id: "cpu", name: "a processor", available: true },
          { id: "gpu", name: "a GPU", available: false, reason: "no driver; install it" },
        ],
      },
      {
        backend: "detailed",
        description: "reports",
        devices: [
          {
            id: "npu",
            name: "a chip",
            available: true,
            details: [
              { name: "vendor", value: "someone" },
              { name: "software", value: false },
              { name: "maxBufferSize", value: 2 ** 28, unit: "bytes" },
              { name: "odd", value: 2 ** 31 - 4, unit: "bytes" },
              { name: "lanes", value: 1024 },
              { name: "features", value: ["f16", "subgroups"] },
            ],
          },
        ],
      },
      { backend: "broken", description: "does not", devices: [], reason: "not installed" },
    ]);
    expect(lines).toEqual([
      "fast: runs",
      "  yes  cpu      a processor",
      "  no   gpu      a GPU",
      "                no driver; install it",
      "detailed: reports",
      "  yes  npu      a chip",
      "                vendor         someone",
      "                software       no",
      "                maxBufferSize  256 MiB",
      "                odd            2,147,483,644 bytes",
      "                lanes          1,024",
      "                features       f16, subgroups",
      "broken: does not",
      "  not usable: not installed",
    ]);
  });
});
