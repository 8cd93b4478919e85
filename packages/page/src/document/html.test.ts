import { describe, expect, it } from "vitest";
import { Html, html, jsonScript } from "./html.js";

describe("html", () => {
  it("escapes text, in elements and attributes", () => {
    expect(html`<p title="${`a"b'`}">${"<b>&amp;"}</p>`.text).toBe(
      '<p title="a&quot;b&#39;">&lt;b&gt;&amp;amp;</p>',
    );
  });

  it("keeps HTML as it is, also in lists", () => {
    const items = ["a", "<"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>`.text).toBe("<ul><li>a</li><li>&lt;</li></ul>");
    expect(html`${new Html("<hr>")}`.text).toBe("<hr>");
  });

  it("leaves nothing for what is missing, and writes zero", () => {
    expect(html`${null}${undefined}${false}|${0}|${""}`.text).toBe("|0|");
  });
});

describe("jsonScript", () => {
  it("cannot be ended or commented out by its text, and reads back", () => {
    const data = { name: "</script><!--<script>&\u2028" };
    const { text } = jsonScript("data", data);
    const json = text.slice('<script type="application/json" id="data">'.length, -"</script>".length);
    expect(json).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(json)).toEqual(data);
  });
});
