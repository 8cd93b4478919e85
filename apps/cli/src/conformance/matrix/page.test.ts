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
const document = matrixPage(matrixRows([sampleSavedRun(), failing]), cases);

const browserOf = useBrowser();

describe("the page of the matrix", () => {
  it("escapes what runs say", () => {
    expect(document).toContain("scores: 1 &lt; 2 &amp; &quot;so on&quot;");
    expect(document).not.toContain("1 < 2 &");
    expect(document).toContain("not available: no driver &lt;here&gt;; install it");
  });

  it("has every case once, with its plan and its source", () => {
    const ids = [...document.matchAll(/<tr id="([^"]+)"/g)].map(([, id = ""]) => id);
    expect(ids.toSorted()).toEqual(cases.map(({ id }) => id).toSorted());
    const [first] = cases;
    if (first === undefined) throw new Error("a suite without cases");
    for (const text of [first.plan, first.source])
      expect(document.includes(html`${text}`.text), text).toBe(true);
  });

  it("lists each reason once, with its cases", () => {
    const [, reasons = ""] = /Expected failures on fast gpu<\/h3>([\s\S]*?)<h3>/.exec(document) ?? [];
    expect(reasons.match(/<li class="expected">the driver loses a digit</g)).toHaveLength(1);
    expect(reasons).toContain("1 case");
  });
});

describe("the page in a browser", { timeout: 60_000 }, () => {
  it("asks for nothing, complains of nothing and has a cell for each level", async (context) => {
    const { page, complaints, requests } = await browserOf(context).open(document, DESK);
    const texts =
      "[...document.querySelectorAll('.matrix tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText))";
    const [gpu, npu] = await page.evaluate<string[][]>(texts);
    expect(gpu?.[0]).toContain("fast gpu");
    expect(gpu).toHaveLength(1 + levelNames.length + 1);
    expect([gpu?.[1], gpu?.[2], gpu?.[3]]).toEqual(["2", "–", "1 + 1"]);
    expect(npu?.[1]).toBe("not available: no driver <here>; install it");
    expect(complaints).toEqual([]);
    expect(requests).toEqual([expect.stringMatching(/^file:/)]);
  });

  it("opens a level's cases where its cell is clicked", async (context) => {
    const { page } = await browserOf(context).open(document, DESK);
    const isOpen = "document.getElementById('forward').closest('details').open";
    expect(await page.evaluate(isOpen)).toBe(false);
    await page.locator('.matrix a[href="#forward"]').first().click();
    await page.locator("details[open] #forward").waitFor({ state: "attached" });
    expect(await page.evaluate(isOpen)).toBe(true);
  });

  it("fits a phone, and is dark where that is preferred", async (context) => {
    const { page } = await browserOf(context).open(document, PHONE);
    const light = await page.evaluate(BACKGROUND);
    expect(await page.evaluate(OVERHANG)).toBe(0);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => page.evaluate(BACKGROUND)).not.toBe(light);
  });
});
