import { useBrowser } from "@nin/headless-chromium";
import { describe, expect, it } from "vitest";
import { renderReport } from "./render-report.js";
import type { ReportData } from "./report-data.js";
import { sampleConfusion, sampleEpoch, sampleImage, sampleRun, sampleStep } from "./testing/sample-run.js";

const DESK = 1280;
const PHONE = 400;
const CHARTS = ".chart .uplot canvas";
/** Pixels of each chart that are not transparent. */
const DRAWN = `[...document.querySelectorAll('.chart canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length;
})`;
/** How far the page is wider than its window. Units: pixels. */
const OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
const NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))";

const run = sampleRun();

const browserOf = useBrowser();

describe("the page in a browser", { timeout: 60_000 }, () => {
  it("draws both charts and every image, and asks for nothing", async (context) => {
    const { page, complaints, requests } = await browserOf(context).open(renderReport(run), DESK);
    expect(await page.locator(CHARTS).count()).toBe(2);
    expect(Math.min(...(await page.evaluate<number[]>(DRAWN)))).toBeGreaterThan(500);
    const widths = "[...new Set([...document.images].map((image) => image.complete && image.naturalWidth))]";
    // Images, and maps over them.
    expect(await page.evaluate(widths)).toEqual([28, 112]);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([expect.stringMatching(/^file:/)]);
  });

  it("runs no script that was put into it", async (context) => {
    const document = renderReport(run).replace("</main>", "<script>document.title = 'taken'</script></main>");
    const { page, complaints } = await browserOf(context).open(document, DESK);
    expect(await page.title()).toContain("nin-mnist");
    expect(complaints.join()).toContain("Content Security Policy");
  });

  it.for(Object.entries(degenerateRuns()))("stands %s", async ([, [changes, charts]], context) => {
    const { page, complaints } = await browserOf(context).open(renderReport({ ...run, ...changes }), PHONE);
    expect(await page.locator(CHARTS).count()).toBe(charts);
    for (const pixels of await page.evaluate<number[]>(DRAWN)) expect(pixels).toBeGreaterThan(500);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(OVERHANG)).toBe(0);
  });

  it("fits the charts to the window, and nothing sticks out", async (context) => {
    const { page } = await browserOf(context).open(renderReport(run), DESK);
    const width = "document.querySelector('.chart canvas').clientWidth";
    const wide = await page.evaluate(width);
    await page.setViewportSize({ width: PHONE, height: 900 });
    await page.evaluate(NEXT_FRAME);
    expect(await page.evaluate(width)).toBeLessThan(PHONE);
    expect(wide).toBeGreaterThan(PHONE);
    expect(await page.evaluate(OVERHANG)).toBe(0);
  });

  it("is dark where that is preferred, its charts too, and light on paper", async (context) => {
    const { page, complaints } = await browserOf(context).open(renderReport(run), DESK);
    const background = "getComputedStyle(document.body).backgroundColor";
    const chart = "document.querySelector('.chart canvas').toDataURL()";
    const [lightPage, lightChart] = [await page.evaluate(background), await page.evaluate(chart)];
    await page.emulateMedia({ colorScheme: "dark" });
    // A busy machine takes more than a frame to follow.
    const shown = (what: string) => expect.poll(() => page.evaluate(what));
    await shown(background).not.toBe(lightPage);
    await shown(chart).not.toBe(lightChart);
    await page.evaluate(`dispatchEvent(new Event("beforeprint")), ${NEXT_FRAME}`);
    await shown(background).toBe(lightPage);
    await page.evaluate(`dispatchEvent(new Event("afterprint")), ${NEXT_FRAME}`);
    await shown(background).not.toBe(lightPage);
    expect(complaints).toEqual([]);
  });
});

/** Runs with little to show, or much, and the number of charts that they have. */
function degenerateRuns(): Record<string, [Partial<ReportData>, number]> {
  const losses = (values: readonly number[]): Partial<ReportData> => ({
    metrics: values.map((loss, index) => ({ ...sampleStep(index + 1), loss })),
  });
  const manyNames = Array.from({ length: 100 }, (_, index) => `a class with a long name, ${index}`);
  const data = { ...run.config.data, classNames: manyNames };
  return {
    "without lines and samples": [{ metrics: [], samples: [], status: "running" }, 0],
    "with one step": [losses([2.3]), 1],
    "with losses that are not numbers": [losses([2.3, Number.NaN, 2.1, Number.POSITIVE_INFINITY, 2]), 1],
    "with no loss that is a number": [{ ...losses([Number.NaN]), status: "diverged" }, 0],
    "with losses of every size": [losses([1e-9, 2.3, 1e30]), 1],
    "with one epoch that is all right": [
      { metrics: [{ ...sampleEpoch(1), testAccuracy: 1, confusion: [[9]] }] },
      2,
    ],
    "with a hundred classes in colour": [
      {
        config: { ...run.config, data },
        metrics: [{ ...sampleEpoch(1), confusion: sampleConfusion(100, 40) }],
        imageSize: { channels: 3, height: 28, width: 28 },
        samples: [sampleImage(0, 3)],
      },
      2,
    ],
  };
}
