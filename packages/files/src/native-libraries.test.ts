import { expect, it, vi } from "vitest";
import { findsLibrary, thisHost } from "./native-libraries.js";

const close = vi.fn();

it("finds a library that is there", ({ skip }) => {
  const { header } = process.report.getReport() as { readonly header: object };
  if (!("glibcVersionRuntime" in header)) return skip("no glibc");
  expect(findsLibrary("libc.so.6")).toBe(true);
  expect(findsLibrary("libnowhere.so.1")).toBe(false);
});

it("keeps a library by Deno's own foreign functions", () => {
  const dlopen = vi.fn(() => ({ symbols: {}, close }));
  thisHost({ Deno: { dlopen } }).load("/a/libvulkan.so.1");
  expect(dlopen).toHaveBeenCalledExactlyOnceWith("/a/libvulkan.so.1", {});
  expect(close).not.toHaveBeenCalled();
  expect(thisHost({ Deno: { dlopen } }).finds("/a/libcuda.so.1")).toBe(true);
  expect(close).toHaveBeenCalledOnce();
});

it("keeps a library by Bun's, and sets variables where native libraries see them", () => {
  const setenv = vi.fn((..._values: readonly unknown[]) => 0);
  const dlopen = vi.fn(() => ({ symbols: { setenv }, close }));
  const texts: string[] = [];
  const ptr = (bytes: Uint8Array) => texts.push(new TextDecoder().decode(bytes));
  const host = thisHost({ Bun: {} }, () => ({ dlopen, ptr }));
  host.load("/a/libvulkan.so.1");
  expect(dlopen).toHaveBeenLastCalledWith("/a/libvulkan.so.1", expect.anything());
  vi.stubEnv("NIN_TEST_VARIABLE", "before");
  host.setVariable("NIN_TEST_VARIABLE", "after");
  expect(process.env.NIN_TEST_VARIABLE).toBe("after");
  expect(texts).toEqual(["NIN_TEST_VARIABLE\0", "after\0"]);
  expect(setenv).toHaveBeenCalledExactlyOnceWith(1, 2, 1);
  vi.unstubAllEnvs();
});

it("says what a runtime refuses", () => {
  const refused = () => {
    throw new Error("Requires ffi access, run again with the --allow-ffi flag");
  };
  expect(() => thisHost({ Deno: { dlopen: refused } }).load("/a")).toThrow("--allow-ffi");
});
