import { expect, it } from "vitest";
import { invocation, shellWord } from "./invocation.js";

it("says how to call the command again the same way", () => {
  const pnpm = "pnpm/10.34.9 npm/? node/v20.20.2 linux x64";
  expect(invocation({})).toBe("nin");
  for (const script of ["nin", "start"]) {
    const env = { npm_lifecycle_event: script, npm_config_user_agent: pnpm };
    expect(invocation(env)).toBe("npx -y pnpm@10.34.9 nin");
  }
  // Another project's script, and another package manager.
  expect(invocation({ npm_lifecycle_event: "train", npm_config_user_agent: pnpm })).toBe("nin");
  expect(invocation({ npm_lifecycle_event: "start", npm_config_user_agent: "npm/10.8.2" })).toBe("nin");
});

it("quotes what a shell would take apart", () => {
  expect(["runs/nin-d2l-20260101-120000", "/a/b_c", "x=1"].map(shellWord)).toEqual([
    "runs/nin-d2l-20260101-120000",
    "/a/b_c",
    "x=1",
  ]);
  expect(shellWord("my runs/a")).toBe("'my runs/a'");
  expect(shellWord("it's $HOME")).toBe("'it'\\''s $HOME'");
  expect(shellWord("")).toBe("''");
});
