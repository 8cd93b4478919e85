import { homedir } from "node:os";
import type { Machine } from "./platform.js";
import { environmentBeforePreparing } from "./prepared.js";

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

function hasGlibc(): boolean {
  const report: unknown = process.report.getReport();
  const header =
    typeof report === "object" && report !== null && "header" in report ? report.header : undefined;
  return typeof header === "object" && header !== null && "glibcVersionRuntime" in header;
}
