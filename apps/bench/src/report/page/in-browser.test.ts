import { useBrowser } from "@nin/headless-chromium";
import { describe, expect, it } from "vitest";
import { sampleResult } from "../../testing/sample-result.js";
import { renderBenchPage } from "./render.js";

const DESK = 1280;
const PHONE = 390;
const CHARTS = ".chart .uplot canvas";
/** Pixels of each chart that are not transparent. */
const DRAWN = `[...document.querySelectorAll('.chart canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length;
})`;
/** How far the page is wider than its window. Units: pixels. */
const OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
const BACKGROUND = "getComputedStyle(document.body).backgroundColor";
const EMPTY = { ...sampleResult([]), ceilings: [], layers: [], accuracy: [], memory: [], notMeasured: [] };

const browserOf = useBrowser();

describe("the page in a browser", { timeout: 60_000 }, () => {
  it("draws every chart, and asks for nothing", async (context) => {
    const { page, complaints, requests } = await browserOf(context).open(
      renderBenchPage(sampleResult()),
      DESK,
    );
    // Scaling, roofline, losses of two training cases, accuracy.
    expect(await page.locator(CHARTS).count()).toBe(5);
    expect(Math.min(...(await page.evaluate<number[]>(DRAWN)))).toBeGreaterThan(500);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([expect.stringMatching(/^file:/)]);
  });

  it("fits a phone, in light and dark", async (context) => {
    const { page } = await browserOf(context).open(renderBenchPage(sampleResult()), PHONE);
    expect(await page.evaluate(OVERHANG)).toBe(0);
    const light = await page.evaluate(BACKGROUND);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => page.evaluate(BACKGROUND)).not.toBe(light);
    expect(await page.evaluate(OVERHANG)).toBe(0);
  });

  it("stands a run without a single figure", async (context) => {
    const { page, complaints } = await browserOf(context).open(renderBenchPage(EMPTY), PHONE);
    expect(await page.locator(CHARTS).count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe("the page's text", () => {
  const page = renderBenchPage(sampleResult());

  it("says who is wrong, what leaks, and what was not measured", () => {
    expect(page).toContain("<b>wrong</b>: scores differ by 1.0e+0");
    expect(page).toContain("leaks: 90 MiB more");
    expect(page).toContain("<b>fast:cuda</b>: there is no &lt;GPU&gt;");
    expect(page).toContain("A &lt;processor&gt;");
    expect(page).toContain(
      "Chromium &lt;153&gt;; WebGPU: google, swiftshader; WebGL: none; 2 threads, isolated from other origins",
    );
  });

  it("marks baselines with a pattern, and lines with letters", () => {
    expect(page).toMatch(/<li class="baseline">\s*<span class="who">baseline/);
    expect(page).toContain('"label":"B slow:cpu"');
  });
});
