import { describe, expect, it } from "vitest";
import { markdownCode, markdownTable, markdownText } from "./markdown.js";

describe("text in Markdown", () => {
  it.each([
    ["a plain reason, 0.5 of 2: it's so", "a plain reason, 0.5 of 2: it's so"],
    ["a | b", "a \\| b"],
    ["one\r\n| two |\n", "one \\| two \\|"],
    ["<script>&lt;</script>", "\\<script\\>\\&lt;\\</script\\>"],
    ["[a](javascript:b) `c` *d*", "\\[a\\](javascript:b) \\`c\\` \\*d\\*"],
    ["max_batch _x_ \\|", "max_batch \\_x\\_ \\\\\\|"],
    ["\u001b[31mred\u202e", "\ufffd\\[31mred\ufffd"],
  ])("%j is written %j", (text, written) => {
    expect(markdownText(text)).toBe(written);
  });
});

describe("code in Markdown", () => {
  it.each([
    ["fast:cpu", "`fast:cpu`"],
    ["a|b", "`a\\|b`"],
    ["a`b", "`` a`b ``"],
    ["``", "``` `` ```"],
    ["", "`  `"],
    ["a\nb\u0007", "`a b\ufffd`"],
  ])("%j is written %j", (text, written) => {
    expect(markdownCode(text)).toBe(written);
  });
});

it("writes tables with aligned columns", () => {
  const columns = [{ title: "Network" }, { title: "n", align: "right" }] as const;
  expect(markdownTable(columns, [["nin", "12"], ["nin-mnist-direct"], ["", "1,234"]])).toBe(
    [
      "| Network          |     n |",
      "| ---------------- | ----: |",
      "| nin              |    12 |",
      "| nin-mnist-direct |       |",
      "|                  | 1,234 |",
      "",
    ].join("\n"),
  );
});
