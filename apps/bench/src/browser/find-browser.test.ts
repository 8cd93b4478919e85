import { expect, it } from "vitest";
import { type BrowserMachine, findBrowser } from "./find-browser.js";

/** A machine that has these programs and no Chromium from npm. */
function machineWith(platform: NodeJS.Platform, ...programs: readonly string[]): BrowserMachine {
  return {
    platform,
    env: { PATH: "/usr/bin:/opt/bin", PROGRAMFILES: "C:\\Programs" },
    exists: (path) => programs.includes(path),
    npmObstacle: () => "there is none for this machine",
  };
}

it.each([
  ["linux", "/opt/bin/chromium"],
  ["linux", "/usr/bin/google-chrome"],
  ["darwin", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"],
] as const)("on %s an installed browser is found: %s", async (platform, program) => {
  const programs = await findBrowser(undefined, machineWith(platform, program));
  expect(programs.map(({ executablePath }) => executablePath)).toEqual([program, program]);
  // On its own adapter, and on the one that it brings.
  expect(programs.map(({ args }) => args.includes("--use-webgpu-adapter=swiftshader"))).toEqual([
    false,
    true,
  ]);
});

it("a browser that is named comes before one that is installed", async () => {
  const machine = machineWith("linux", "/usr/bin/chromium", "/mine/chrome");
  expect((await findBrowser("/mine/chrome", machine))[0]?.executablePath).toBe("/mine/chrome");
  await expect(findBrowser("/not/there", machine)).rejects.toThrow(
    /^browser: expected the program of a Chrome, Chromium or Edge, found none at \/not\/there$/,
  );
});

it("one sentence says what to do where there is none", async () => {
  await expect(findBrowser(undefined, machineWith("linux"))).rejects.toMatchObject({
    code: "NIN_BENCH",
    message:
      "browser: found no Chrome, Chromium or Edge; install one, name its program with --browser-path, or run `npm install @sparticuz/chromium` (there is none for this machine)",
  });
});
