import { conformanceCases, levelNames, reportOf } from "@nin/conformance";
import { useBrowser } from "@nin/headless-chromium";
import { html } from "@nin/page";
import { describe, expect, it } from "vitest";
import { sampleFailure, sampleResults, sampleSavedRun } from "../testing/sample-run.js";
import { matrixRows } from "./matrix.js";
import { matrixPage } from "./page.js";

const DESK = 1440;
const PHONE = 400;
/** How far the page is wider than its window. Units: pixels. */
const OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
const BACKGROUND = "getComputedStyle(document.body).backgroundColor";

const cases = conformanceCases();
const failing = sampleSavedRun({ device: "cpu", report: reportOf([...sampleResults, sampleFailure]) });
const page = matrixPage(matrixRows([sampleSavedRun(), failing]), cases);

const browserOf = useBrowser();

describe("the page of the matrix", () => {
  it("escapes what runs say", () => {
    expect(page).toContain("scores: 1 &lt; 2 &amp; &quot;so on&quot;");
    expect(page).not.toContain("1 < 2 &");
    expect(page).toContain("not available: no driver &lt;here&gt;; install it");
  });

  it("has every case once, with its plan and its source", () => {
    const ids = [...page.matchAll(/<tr id="([^"]+)"/g)].map(([, id = ""]) => id);
    expect(ids.toSorted()).toEqual(cases.map(({ id }) => id).toSorted());
    const [first] = cases;
    if (first === undefined) throw new Error("a suite without cases");
    for (const text of [first.plan, first.source]) expect(page.includes(html`${text}`.text), text).toBe(true);
  });

  it("lists each reason once, with its cases", () => {
    const [, reasons = ""] = /Expected failures on fast gpu<\/h3>([\s\S]*?)<h3>/.exec(page) ?? [];
    expect(reasons.match(/<li class="expected">the driver loses a digit</g)).toHaveLength(1);
    expect(reasons).toContain("1 case");
  });
});

describe("the page in a browser", { timeout: 60_000 }, () => {
  it("asks for nothing, complains of nothing and has a cell for each level", async (context) => {
    const opened = await browserOf(context).open(page, DESK);
    const texts =
      "[...document.querySelectorAll('.matrix tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText))";
    const [gpu, npu] = (await opened.evaluate(texts)) as string[][];
    expect(gpu?.[0]).toContain("fast gpu");
    expect(gpu).toHaveLength(1 + levelNames.length + 1);
    expect([gpu?.[1], gpu?.[2], gpu?.[3]]).toEqual(["2", "–", "1 + 1"]);
    expect(npu?.[1]).toBe("not available: no driver <here>; install it");
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([expect.stringMatching(/^file:/)]);
  });

  it("opens a level's cases where its cell is clicked", async (context) => {
    const opened = await browserOf(context).open(page, DESK);
    const isOpen = "document.getElementById('forward').closest('details').open";
    expect(await opened.evaluate(isOpen)).toBe(false);
    const click = "document.querySelector('.matrix a[href=\"#forward\"]').click()";
    await opened.evaluate(`${click}, new Promise((done) => setTimeout(done, 200))`);
    expect(await opened.evaluate(isOpen)).toBe(true);
  });

  it("fits a phone, and is dark where that is preferred", async (context) => {
    const opened = await browserOf(context).open(page, PHONE);
    const light = await opened.evaluate(BACKGROUND);
    expect(await opened.evaluate(OVERHANG)).toBe(0);
    await opened.emulate(PHONE, { "prefers-color-scheme": "dark" });
    expect(await opened.evaluate(BACKGROUND)).not.toBe(light);
  });
});
