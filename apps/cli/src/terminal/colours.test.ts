import { describe, expect, it } from "vitest";
import { hasColours, paintedNote, painter } from "./colours.js";

const terminal = { isTTY: true };
const file = {};

describe("hasColours", () => {
  it.each<[string, boolean, boolean, Readonly<Record<string, string>>]>([
    ["of itself", true, false, { TERM: "xterm" }],
    ["an unknown terminal", true, false, {}],
    ["TERM=dumb", false, false, { TERM: "dumb" }],
    ["NO_COLOR", false, false, { NO_COLOR: "1" }],
    ["NO_COLOR=0, which is not empty", false, false, { NO_COLOR: "0" }],
    ["an empty NO_COLOR", true, false, { NO_COLOR: "" }],
    ["FORCE_COLOR=1", true, true, { FORCE_COLOR: "1" }],
    ["FORCE_COLOR=3", true, true, { FORCE_COLOR: "3", TERM: "dumb" }],
    ["FORCE_COLOR=true", true, true, { FORCE_COLOR: "true" }],
    ["FORCE_COLOR=0", false, false, { FORCE_COLOR: "0" }],
    ["FORCE_COLOR=false", false, false, { FORCE_COLOR: "false" }],
    ["an empty FORCE_COLOR", true, false, { FORCE_COLOR: "" }],
    ["both", false, false, { NO_COLOR: "1", FORCE_COLOR: "1" }],
  ])("%s: %s on a terminal, %s elsewhere", (_, onTerminal, elsewhere, env) => {
    expect([hasColours(terminal, env), hasColours(file, env)]).toEqual([onTerminal, elsewhere]);
  });
});

it("colours the first word of errors and warnings, and nothing where there are no colours", () => {
  const esc = String.fromCharCode(27);
  const inColour = painter(terminal, {});
  expect(paintedNote("nin: no such thing", inColour)).toBe(
    `${esc}[31m${esc}[1mnin:${esc}[22m${esc}[39m no such thing`,
  );
  expect(paintedNote("Warning: a", inColour)).toBe(`${esc}[33m${esc}[1mWarning:${esc}[22m${esc}[39m a`);
  expect(paintedNote("nine: a", inColour)).toBe("nine: a");
  const plain = painter(terminal, { NO_COLOR: "1" });
  expect([paintedNote("nin: a", plain), plain("good", "yes")]).toEqual(["nin: a", "yes"]);
});
