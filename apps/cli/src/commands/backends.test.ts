import { describe, expect, it } from "vitest";
import { inNewFolder } from "../testing/folders.js";
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
        ["onnxruntime", ["cpu", "webgpu", "cuda"]],
        ["webgpu", ["gpu", "lavapipe", "swiftshader"]],
        ["tfjs", ["tensorflow", "webgpu", "cpu"]],
        ["reference", ["cpu"]],
      ]);
      for (const { id: _id, name, available, reason } of listings.flatMap(({ devices }) => devices)) {
        expect(name).toEqual(expect.any(String));
        expect(typeof reason).toBe(available === true ? "undefined" : "string");
      }
      expect(listings[0]?.devices[0]).toMatchObject({ id: "cpu", available: true });
    }));

  it("tells a person the same", () => {
    const lines = backendLines([
      {
        backend: "fast",
        description: "runs",
        devices: [
          { id: "cpu", name: "a processor", available: true },
          { id: "gpu", name: "a card", available: false, reason: "no driver; install it" },
        ],
      },
      { backend: "broken", description: "does not", devices: [], reason: "not installed" },
    ]);
    expect(lines).toEqual([
      "fast: runs",
      "  yes  cpu      a processor",
      "  no   gpu      a card",
      "                no driver; install it",
      "broken: does not",
      "  not usable: not installed",
    ]);
  });
});
