import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildIfNeeded } from "./build-if-needed.mjs";

let root = "";
let builds = 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nin-run-built-"));
  builds = 0;
  for (const path of ["package.json", "pnpm-lock.yaml", "packages/a/package.json", "apps/b/bin/b.js"])
    write(path);
  for (const path of ["packages/a/src/deep/one.ts", "packages/a/src/deep/one.test.ts"]) write(path);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(/** @type {string} */ path, text = path) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function build() {
  builds += 1;
  write("packages/a/dist/one.js", "built");
  return true;
}

/** How many builds it takes. */
function buildsNow(how = build) {
  builds = 0;
  const built = buildIfNeeded(root, how);
  expect(built).toBe(true);
  return builds;
}

describe("buildIfNeeded", () => {
  it("builds once, and not again while nothing changes", () => {
    expect(buildsNow()).toBe(1);
    expect(buildsNow()).toBe(0);
    expect(buildsNow()).toBe(0);
  });

  it.each(
    /** @type {[string, () => void][]} */ ([
      ["another source", () => write("packages/a/src/deep/one.ts", "longer than it was")],
      ["a source of the same size, written later", () => touch("packages/a/src/deep/one.ts", 1000)],
      [
        "a source that is older than the build, as git may leave it",
        () => touch("packages/a/src/deep/one.ts", -1e6),
      ],
      ["a new source", () => write("packages/a/src/two.ts")],
      ["a source less", () => rmSync(join(root, "packages/a/src/deep/one.ts"))],
      ["a renamed source", () => rename("packages/a/src/deep/one.ts", "packages/a/src/deep/other.ts")],
      ["a new package", () => write("tools/c/package.json")],
      ["a command", () => write("apps/b/bin/b.js", "changed")],
      ["the lockfile", () => write("pnpm-lock.yaml", "changed")],
      ["the packages' common settings", () => write("tsconfig.base.json")],
      ["an output less", () => rmSync(join(root, "packages/a/dist/one.js"))],
      ["no outputs", () => rmSync(join(root, "packages/a/dist"), { recursive: true })],
      ["an output that something else wrote", () => write("packages/a/dist/one.js", "compiled by hand")],
      ["a record that was cut", () => write("node_modules/.cache/nin/built.json", '{"inputs"')],
    ]),
  )("builds after %s", (_, change) => {
    buildsNow();
    change();
    expect(buildsNow()).toBe(1);
    expect(buildsNow()).toBe(0);
  });

  it("does not build after a change to a test, or to what is no source", () => {
    buildsNow();
    write("packages/a/src/deep/one.test.ts", "changed");
    write("packages/a/README.md");
    write("runs/x/metrics.jsonl");
    expect(buildsNow()).toBe(0);
  });

  it("does not count a build that failed, or that did not end, even with its outputs there", () => {
    expect(buildIfNeeded(root, () => !build())).toBe(false);
    expect(buildsNow()).toBe(1);
    write("packages/a/src/two.ts");
    const interrupted = () => {
      build();
      throw new Error("interrupted");
    };
    expect(() => buildIfNeeded(root, interrupted)).toThrow("interrupted");
    expect(buildsNow()).toBe(1);
  });

  it("builds again what was edited during a build", () => {
    const edited = () => {
      build();
      write("packages/a/src/deep/one.ts", "edited meanwhile");
      return true;
    };
    expect(buildsNow(edited)).toBe(1);
    expect(buildsNow()).toBe(1);
    expect(buildsNow()).toBe(0);
  });

  it("leaves one record and no temporary file", () => {
    buildsNow();
    expect(readdirSync(join(root, "node_modules/.cache/nin"))).toEqual(["built.json"]);
  });
});

function touch(/** @type {string} */ path, /** @type {number} */ later) {
  const at = new Date(Date.now() + later);
  utimesSync(join(root, path), at, at);
}

function rename(/** @type {string} */ from, /** @type {string} */ to) {
  renameSync(join(root, from), join(root, to));
}
