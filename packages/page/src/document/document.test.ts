import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { htmlDocument, type PageContents } from "./document.js";
import { html } from "./html.js";

const contents: PageContents = {
  title: "a < b",
  style: "main > p { margin: 0; }",
  main: html`<p>text</p>\n`,
  footer: html`<b>foot</b>`,
};

const policyOf = (text: string): string =>
  /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/.exec(text)?.[1] ?? "";

describe("a page", () => {
  it("holds its contents, the title escaped and the rest as it is", () => {
    const text = htmlDocument(contents);
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text).toContain("<title>a &lt; b</title>");
    expect(text).toContain("<style>main > p { margin: 0; }</style>");
    expect(text).toContain("<main>\n<p>text</p>\n</main>\n<footer><p><b>foot</b></p></footer>\n</body>");
  });

  it("lets no script run where it has none", () => {
    const text = htmlDocument(contents);
    expect(text).not.toContain("<script");
    expect(policyOf(text)).toContain("default-src &#39;none&#39;");
    expect(policyOf(text)).not.toContain("script-src");
  });

  it("lets its own script run, and no other", () => {
    const script = "let a = 1 < 2 && true;";
    const text = htmlDocument({ ...contents, script });
    expect(text).toContain(`<script>${script}</script>\n</body>`);
    const hash = createHash("sha256").update(script).digest("base64");
    expect(policyOf(text)).toMatch(/default-src &#39;none&#39;.*; script-src &#39;sha256-[^;]+&#39;$/);
    expect(policyOf(text)).toContain(`sha256-${hash}`);
  });
});
