import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { htmlDocument } from "./document.js";
import { html } from "./html.js";

const parts = { title: "a < b", style: "p { color: red }", sections: [html`<p>1</p>`], footer: html`end` };

it("escapes the title and lets no script run where there is none", () => {
  const page = htmlDocument(parts);
  expect(page).toContain("<title>a &lt; b</title>");
  expect(page).not.toContain("script");
});

it("lets its own script run, by its hash", () => {
  const script = "document.title = 'x'";
  const hash = createHash("sha256").update(script).digest("base64");
  expect(htmlDocument({ ...parts, script })).toContain(`script-src &#39;sha256-${hash}&#39;`);
});
