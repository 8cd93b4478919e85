import { afterEach, expect, it, vi } from "vitest";
import { isRequired, lacking } from "./requirements.js";

afterEach(() => vi.unstubAllEnvs());

it("skips by name what NIN_REQUIRE does not name", () => {
  vi.stubEnv("NIN_REQUIRE", "chromium-beta, data");
  const skip = vi.fn();
  lacking("chromium", "there is none", skip);
  expect(skip).toHaveBeenCalledWith("chromium: there is none");
  expect([isRequired("data"), isRequired("chromium")]).toEqual([true, false]);
});

it("fails what NIN_REQUIRE names", () => {
  vi.stubEnv("NIN_REQUIRE", "bash, chromium");
  const skip = vi.fn();
  expect(() => lacking("chromium", "there is none", skip)).toThrow(
    "NIN_REQUIRE names chromium, but there is none",
  );
  expect(skip).not.toHaveBeenCalled();
});
