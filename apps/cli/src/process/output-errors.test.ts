import { existsSync } from "node:fs";
import { inNewFolder, lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { nin, viaBash } from "../testing/nin.js";

describe("output that cannot be written", () => {
  it("because its reader has gone is no error", ({ skip }) =>
    inNewFolder(async (cwd) => {
      if (process.platform === "win32") return lacking("bash", "pipes are made by bash", skip);
      const script = '{ "$@"; echo "status $?" >&2; } | true';
      const { stderr } = await nin(["summary", "nin", "--expand"], { cwd, via: viaBash(script) });
      expect(stderr).toBe("status 0\n");
    }));

  it("because the disk is full is reported in one line, with status 2", ({ skip }) =>
    inNewFolder(async (cwd) => {
      if (!existsSync("/dev/full")) return lacking("dev-full", "there is no /dev/full", skip);
      const { status, stderr } = await nin(["summary", "nin"], { cwd, via: viaBash('exec "$@" >/dev/full') });
      expect(stderr).toMatch(/^nin: stdout cannot be written: [^\n]+\n$/);
      expect(status).toBe(2);
    }));
});
