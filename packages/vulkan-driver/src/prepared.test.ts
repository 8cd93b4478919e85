import { afterEach, expect, it, vi } from "vitest";
import { environmentBeforePreparing, markPrepared, preparedState } from "./prepared.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

function unprepared(driverFiles: string | undefined): void {
  vi.stubEnv("NIN_VULKAN_ADAPTER", undefined);
  vi.stubEnv("VK_DRIVER_FILES", driverFiles);
}

it.each([undefined, "/mine.json"])("remembers the driver files of before: %s", (former) => {
  unprepared(former);
  expect(preparedState()).toBeUndefined();
  markPrepared({ kind: "swiftshader", manifests: ["/a.json", "/b.json"] });
  expect(preparedState()).toEqual({ kind: "swiftshader", manifests: ["/a.json", "/b.json"] });
  expect(process.env.VK_DRIVER_FILES).toBe("/a.json:/b.json");
  expect(environmentBeforePreparing().VK_DRIVER_FILES).toBe(former);
});

it("believes in driver files that were set since", () => {
  unprepared(undefined);
  markPrepared({ kind: "swiftshader", manifests: ["/a.json"] });
  vi.stubEnv("VK_DRIVER_FILES", "/set-since.json");
  expect(environmentBeforePreparing().VK_DRIVER_FILES).toBe("/set-since.json");
});

it("of a parent process is not this one's", () => {
  unprepared(undefined);
  markPrepared({ kind: "swiftshader", manifests: ["/a.json"] });
  const mark = process.env.NIN_VULKAN_ADAPTER ?? "";
  vi.stubEnv("NIN_VULKAN_ADAPTER", mark.replace(`${process.pid}`, `${process.pid + 1}`));
  expect(preparedState()).toBeUndefined();
  expect(environmentBeforePreparing().VK_DRIVER_FILES).toBeUndefined();
});

it.each(["", "no JSON", "1", "{}", '{"kind":"other","processId":1,"manifests":[]}'])(
  "passes over the mark %j",
  (mark) => {
    unprepared("/mine.json");
    vi.stubEnv("NIN_VULKAN_ADAPTER", mark);
    expect(preparedState()).toBeUndefined();
    expect(environmentBeforePreparing().VK_DRIVER_FILES).toBe("/mine.json");
  },
);
