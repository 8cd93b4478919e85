import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { gpuName, processorName } from "./hardware-names.js";

async function rootWith(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "nin-hardware-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return `${root}/`;
}

const NVIDIA = "Model: \t\t NVIDIA H200\nIRQ:   \t\t 120\nGPU UUID: \t GPU-0\n";
const PCI = {
  "sys/class/drm/renderD128/device/vendor": "0x1002\n",
  "sys/class/drm/renderD128/device/device": "0x744c\n",
};

it.each([
  ["NVIDIA's driver says", { "proc/driver/nvidia/gpus/0000:01:00.0/information": NVIDIA }, "NVIDIA H200"],
  ["the PCI bus numbers it", PCI, "GPU 0x1002:0x744c"],
  ["nothing says", { "sys/class/drm/card0/device/vendor": "0x1002\n" }, "GPU"],
])("a GPU's name is what %s", async (_, files, name) => {
  expect(gpuName(await rootWith(files))).toBe(name);
});

it("a processor has a name", () => {
  expect(processorName()).toMatch(/^\S/);
});
