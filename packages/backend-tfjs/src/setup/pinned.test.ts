import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lacking } from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installNodePackage } from "./node-package.js";
import { pinnedWheels } from "./pinned-wheels.js";
import { runProgram } from "./run-program.js";
import { installWheel } from "./wheel.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "nin-pinned-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A wheel as pip takes it, which is none of TensorFlow's: a zip of two files. */
const MAKE_WHEEL = `
import sys, zipfile
name = "tensorflow_cpu-2.21.0"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tensorflow/libtensorflow_cc.so.2", "tampered")
    wheel.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tensorflow-cpu\\nVersion: 2.21.0\\n")
    wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp312-cp312-manylinux_2_27_x86_64\\n")
    wheel.writestr(f"{name}.dist-info/RECORD", "")
`;

const isX64 = process.platform === "linux" && process.arch === "x64";

describe.concurrent("what is downloaded is what was published", () => {
  it.runIf(isX64)("a wheel of another hash is not installed", async ({ skip }) => {
    const options = { env: process.env };
    const pip = await runProgram("python3", ["-c", "import pip"], options).catch(() => undefined);
    if (pip?.status !== 0) return lacking("tfjs:tensorflow", "there is no python3 with pip", skip);
    const index = join(root, "index");
    const wheel = join(index, "tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl");
    await mkdir(index);
    await runProgram("python3", ["-c", MAKE_WHEEL, wheel], options);
    const got = createHash("sha256")
      .update(await readFile(wheel))
      .digest("hex");
    const expected = /sha256:(\w+)/.exec(pinnedWheels("cpu", "x64").requirements)?.[1];
    const place = join(root, "wheel");
    const env = { ...process.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: index, PIP_CONFIG_FILE: "/dev/null" };
    await expect(installWheel(place, "cpu", "python3", { env })).rejects.toThrow(
      "setup tensorflow: pip downloaded a file that is not the published one: tensorflow-cpu==2.21.0: expected SHA-256 " +
        `${expected}, got ${got}; nothing was installed`,
    );
    expect(existsSync(join(place, "python"))).toBe(false);
  });

  it("an npm package of another hash is not installed", async () => {
    const lock = JSON.parse(
      await readFile(new URL("../../pinned/npm-lock.json", import.meta.url), "utf8"),
    ) as { packages: Record<string, { version?: string; integrity?: string; resolved?: string }> };
    const versions = new Map(
      Object.entries(lock.packages).map(([path, { version = "" }]) => [
        path.slice(path.lastIndexOf("node_modules/") + 13),
        version,
      ]),
    );
    // A registry that gives whatever is asked for, with its own bytes and a hash that fits those.
    const tampered = Buffer.from("tampered");
    const integrity = `sha512-${createHash("sha512").update(tampered).digest("base64")}`;
    const server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? "").slice(1);
      if (path.endsWith(".tgz")) {
        response.end(tampered);
        return;
      }
      const version = versions.get(path) ?? "0.0.0";
      const dist = { tarball: `http://127.0.0.1:${port}/${path}.tgz`, integrity };
      const document = {
        name: path,
        "dist-tags": {},
        versions: { [version]: { name: path, version, dist } },
      };
      response.setHeader("content-type", "application/json").end(JSON.stringify(document));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const folder = join(root, "npm");
    const env = {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_cache: join(folder, "npm-cache"),
      npm_config_userconfig: join(folder, "none"),
    };
    try {
      await expect(installNodePackage(folder, "npm", { env })).rejects.toThrow(
        /^setup tensorflow: npm downloaded a file that is not the published one: [\w@/.-]+: expected sha512-\S+, got sha512-\S+; nothing was installed/,
      );
      expect(existsSync(join(folder, "node"))).toBe(false);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it("pins every wheel and every npm package by its hash", async () => {
    for (const [variant, arch, count] of [
      ["cpu", "x64", 1],
      ["cpu", "arm64", 1],
      ["cuda", "x64", 13],
    ] as const) {
      const lines = pinnedWheels(variant, arch).requirements.trimEnd().split("\n");
      expect(lines).toHaveLength(count);
      for (const line of lines) expect(line).toMatch(/^[\w-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}$/);
    }
    const lock = JSON.parse(
      await readFile(new URL("../../pinned/npm-lock.json", import.meta.url), "utf8"),
    ) as { packages: Record<string, { integrity?: string; resolved?: string }> };
    for (const [path, { integrity, resolved }] of Object.entries(lock.packages)) {
      if (path !== "") expect(integrity).toMatch(/^sha512-[\w+/]{86}==$/);
      expect(resolved).toBeUndefined();
    }
  });
});
