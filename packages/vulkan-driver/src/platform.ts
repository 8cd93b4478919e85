import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { environmentBeforePreparing } from "./prepared.js";

/** What the search for drivers asks of the machine; tests give their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** The C library is glibc: the one SwiftShader's build needs. */
  readonly glibc: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** The file system's root; `/` but in tests. */
  readonly root: string;
}

/** The machine this process runs on, with the environment as it was before any adapter was prepared. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: process.platform === "linux" && hasGlibc(),
    env: environmentBeforePreparing(),
    homeFolder: homedir(),
    root: "/",
  };
}

let glibc: boolean | undefined;

/** Asked once: Node takes some 10 ms for a report. */
function hasGlibc(): boolean {
  if (glibc !== undefined) return glibc;
  const report: unknown = process.report.getReport();
  const header =
    typeof report === "object" && report !== null && "header" in report ? report.header : undefined;
  glibc = typeof header === "object" && header !== null && "glibcVersionRuntime" in header;
  return glibc;
}

/** Why SwiftShader's libraries from npm cannot be loaded here; undefined when they can. */
export function swiftShaderObstacle(machine: Machine): string | undefined {
  if (machine.platform === "linux" && machine.arch === "x64" && machine.glibc) return undefined;
  const here = `${machine.platform} ${machine.arch}${machine.platform === "linux" && !machine.glibc ? " without glibc" : ""}`;
  const advice =
    machine.platform === "linux"
      ? "install a Vulkan driver, such as Mesa's lavapipe (Debian, Ubuntu: mesa-vulkan-drivers)"
      : "none is needed, as WebGPU uses the system's own graphics here";
  return `npm's build of SwiftShader is for Linux x64 with glibc, this is ${here}; ${advice}`;
}

/** Whether there is a GPU's device file: distributions install the drivers' manifests on machines without a GPU too. */
export function hasGpu(machine: Machine): boolean {
  const devices = `${machine.root}dev/`;
  return (
    existsSync(`${devices}dxg`) ||
    namesIn(devices).some((name) => /^nvidia\d+$/.test(name)) ||
    namesIn(`${devices}dri`).some((name) => name.startsWith("renderD"))
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
