import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findVulkanDriver, listAdapters } from "./drivers.js";
import { machineWith, manifest } from "./testing/machine.js";

const ICD = "usr/share/vulkan/icd.d";
const lavapipe = { [`${ICD}/lvp_icd.x86_64.json`]: manifest("libvulkan_lvp.so") };
const radeon = { [`${ICD}/radeon_icd.x86_64.json`]: manifest("libvulkan_radeon.so") };

describe("findVulkanDriver", () => {
  it("finds nothing installed, and offers npm's SwiftShader", async () => {
    const machine = await machineWith({});
    const driver = findVulkanDriver(undefined, machine);
    expect(driver).toMatchObject({ kind: "swiftshader", origin: "npm" });
    expect(driver?.manifests).toHaveLength(1);
    expect(driver?.manifests[0]?.startsWith(join(machine.homeFolder, ".cache/nin/swiftshader-"))).toBe(true);
    expect(findVulkanDriver("gpu", machine)).toBeUndefined();
    expect(findVulkanDriver("lavapipe", machine)).toBeUndefined();
  });

  it("keeps SwiftShader in XDG_CACHE_HOME", async () => {
    const machine = await machineWith({}, { env: { XDG_CACHE_HOME: "/x" } });
    expect(findVulkanDriver("swiftshader", machine)?.manifests[0]).toMatch(
      /^\/x\/nin\/swiftshader-\d+\.\d+\.\d+\//,
    );
  });

  it("prefers a GPU to lavapipe, and lavapipe to SwiftShader", async () => {
    const software = await machineWith(lavapipe);
    expect(findVulkanDriver(undefined, software)).toMatchObject({ kind: "lavapipe", origin: "system" });
    const graphics = await machineWith({ ...lavapipe, ...radeon, "dev/dri/renderD128": "" });
    expect(findVulkanDriver(undefined, graphics)).toEqual({
      kind: "gpu",
      origin: "system",
      manifests: [join(graphics.root, ICD, "radeon_icd.x86_64.json")],
    });
    expect(findVulkanDriver("lavapipe", graphics)?.kind).toBe("lavapipe");
  });

  it.each([
    ["dev/dri/renderD128", true],
    ["dev/nvidia0", true],
    ["dev/dxg", true],
    ["dev/dri/card0", false],
    ["dev/nvidiactl", false],
  ])("takes %s for a GPU: %s", async (device, isGpu) => {
    const machine = await machineWith({ ...radeon, [device]: "" });
    expect(findVulkanDriver("gpu", machine) !== undefined).toBe(isGpu);
  });

  it.each(["etc/vulkan/icd.d", "usr/local/share/vulkan/icd.d", "home/.local/share/vulkan/icd.d"])(
    "looks in %s",
    async (folder) => {
      const machine = await machineWith({ [`${folder}/lvp_icd.json`]: manifest("libvulkan_lvp.so") });
      expect(findVulkanDriver("lavapipe", machine)?.manifests).toEqual([
        join(machine.root, folder, "lvp_icd.json"),
      ]);
    },
  );

  it.each([
    ["for 32 bits", `${ICD}/lvp_icd.i686.json`, manifest("libvulkan_lvp.so")],
    ["not JSON", `${ICD}/lvp_icd.json`, "{"],
    ["larger than any", `${ICD}/lvp_icd.json`, manifest("libvulkan_lvp.so") + " ".repeat(1 << 20)],
    ["without a library", `${ICD}/lvp_icd.json`, "{}"],
    ["null", `${ICD}/lvp_icd.json`, "null"],
    ["of a library that is not there", `${ICD}/lvp_icd.json`, manifest("./libvulkan_lvp.so")],
    ["of another ending", `${ICD}/lvp_icd.json.bak`, manifest("libvulkan_lvp.so")],
  ])("passes over a manifest %s", async (_, path, text) => {
    expect(findVulkanDriver("lavapipe", await machineWith({ [path]: text }))).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("waits for no pipe and reads no device", async () => {
    const { root, ...rest } = await machineWith({ "own/empty": "" });
    const pipe = join(root, "own/lvp_icd.json");
    execFileSync("mkfifo", [pipe]);
    for (const path of [pipe, join(root, "own"), "/dev/zero"]) {
      const machine = { ...rest, root, env: { VK_DRIVER_FILES: path } };
      expect(findVulkanDriver("lavapipe", machine)).toBeUndefined();
    }
  });

  it("follows a manifest's relative library", async () => {
    const files = { [`${ICD}/lvp_icd.json`]: manifest("../lib.so"), "usr/share/vulkan/lib.so": "" };
    expect(findVulkanDriver("lavapipe", await machineWith(files))).toBeDefined();
  });

  it.each(["VK_DRIVER_FILES", "VK_ICD_FILENAMES"])("looks only where %s says", async (variable) => {
    const files = {
      ...radeon,
      "own/my_swiftshader.json": manifest("libvk_swiftshader.so"),
      "dev/nvidia0": "",
    };
    const { root, ...rest } = await machineWith(files);
    const own = join(root, "own/my_swiftshader.json");
    const machine = { ...rest, root, env: { [variable]: `${own}:/nowhere.json` } };
    expect(findVulkanDriver(undefined, machine)).toEqual({
      kind: "swiftshader",
      origin: "environment",
      manifests: [own],
    });
    expect(findVulkanDriver("gpu", machine)).toBeUndefined();
  });

  it("takes the user's word for a GPU", async () => {
    const { root, ...rest } = await machineWith(radeon);
    const machine = { ...rest, root, env: { VK_DRIVER_FILES: join(root, ICD) } };
    expect(findVulkanDriver("gpu", machine)).toMatchObject({ kind: "gpu", origin: "environment" });
  });
});

describe("listAdapters", () => {
  it("says of each kind whether it is there, or why not and what to do", async () => {
    const adapters = listAdapters(await machineWith(radeon));
    expect(adapters.map(({ id, available }) => [id, available])).toEqual([
      ["gpu", false],
      ["lavapipe", false],
      ["swiftshader", true],
    ]);
    expect(adapters[0]?.reason).toContain("no GPU is visible");
    expect(adapters[1]?.reason).toContain("mesa-vulkan-drivers");
    expect(adapters[2]?.reason).toBeUndefined();
  });

  it.each([
    [{ arch: "arm64" }, "this is linux arm64; install a Vulkan driver"],
    [{ glibc: false }, "this is linux x64 without glibc; install a Vulkan driver"],
  ])("has no SwiftShader on %j", async (changes, reason) => {
    const [, , swiftshader] = listAdapters(await machineWith({}, changes));
    expect(swiftshader?.available).toBe(false);
    expect(swiftshader?.reason).toContain(reason);
  });

  it.each([
    ["darwin", "Metal"],
    ["win32", "Direct3D 12"],
  ] as const)("on %s is the GPU through %s", async (platform, graphics) => {
    const machine = await machineWith(lavapipe, { platform, glibc: false });
    const [gpu, ...software] = listAdapters(machine);
    expect(gpu).toEqual({
      id: "gpu",
      name: `GPU through ${graphics}`,
      available: true,
      hardware: { kind: "gpu", name: "GPU" },
    });
    for (const adapter of software)
      expect(adapter.reason).toContain(`${platform} has its own graphics; choose gpu`);
    expect(findVulkanDriver(undefined, machine)).toBeUndefined();
  });
});
