import { type OpenedPage, type Page, useBrowser } from "@nin/headless-chromium";
import { describe, expect, it, type TestContext } from "vitest";
import { htmlDocument } from "../document/document.js";
import { html } from "../document/html.js";
import { commonStyle } from "../document/style.js";
import { chartAssets } from "./assets.js";
import { type Chart, limitLook, nthLook, seriesLetter, trainingLooks } from "./chart.js";
import { chartFigure } from "./figure.js";

const WIDTH = 900;
const NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))";
const IMAGE = (id: string) => `document.querySelector("#${id} canvas").toDataURL()`;

const loss: Chart = {
  id: "loss",
  title: "Loss",
  x: { label: "Step", scale: "linear", format: "integer", range: [0, 40] },
  y: { label: "Loss (nats)", scale: "linear", format: "loss" },
  series: [
    { label: "Training", look: trainingLooks.train, x: [10, 20, 30], y: [2.5, null, 1.25] },
    { label: "Test", look: trainingLooks.test, x: [20], y: [0.00012] },
  ],
  cursorGroup: "steps",
};
const accuracy: Chart = {
  ...loss,
  id: "accuracy",
  title: "Accuracy",
  y: { label: "Accuracy", scale: "linear", format: "percent" },
  series: [{ label: "Test", look: trainingLooks.test, x: [10, 20, 30], y: [10, 52.5, 90] }],
};
const roofline: Chart = {
  id: "roofline",
  title: "Roofline <of a processor>",
  x: { label: "FLOP per byte", scale: "log10", format: "short" },
  y: { label: "FLOP/s", scale: "log10", format: "short" },
  series: [{ label: "limit", look: limitLook, x: [0.1, 1000], y: [1e9, 2e12] }],
  marks: [
    { x: 10, y: 3e10, text: "A", shape: "circle" },
    { x: 10, y: 3e10, text: "B", shape: "square" },
  ],
};
const batches: Chart = {
  id: "batches",
  title: "Speed over batch size",
  x: { label: "Batch size", scale: "log2", format: "short" },
  y: { label: "Images/s", scale: "log10", format: "short" },
  series: [0, 1].map((index) => ({
    label: `${seriesLetter(index)} backend`,
    look: nthLook(index, "all"),
    x: [1, 8, 64],
    y: [100, 800, 12_345].map((rate) => rate * (index + 1)),
  })),
};

function pageOf(...charts: readonly Chart[]): string {
  const { style, script, credit } = chartAssets();
  const main = html`<div class="charts">${charts.map(chartFigure)}</div>`;
  return htmlDocument({ title: "Charts", style: commonStyle + style, main, footer: credit, script });
}

describe("a chart in the text of a page", () => {
  it("has its data as JSON, and describes itself", () => {
    const { text } = chartFigure(loss);
    const [, json = ""] = /<script type="application\/json" id="loss-data">(.*)<\/script>/.exec(text) ?? [];
    expect(JSON.parse(json)).toEqual(loss);
    expect(text).toContain(
      'aria-label="Line chart: Loss. Loss (nats) over Step. Training: from 2.500 to 1.250. Test: from 1.20e-4 to 1.20e-4."',
    );
    expect(chartFigure(roofline).text).toContain("<h3>Roofline &lt;of a processor&gt;</h3>");
  });

  it("comes with a script that carries uPlot's licence and asks for nothing", () => {
    const { script, style } = chartAssets();
    expect(script).toContain("Copyright (c) 2022 Leon Sorokin");
    expect(script).toContain("The above copyright notice and this permission notice shall be included");
    expect(script + style).not.toMatch(/https?:\/\/|@import|url\(|<\/script/);
  });

  it("names many lines by different letters and looks", () => {
    expect([0, 25, 26, 51, 52].map(seriesLetter)).toEqual(["A", "Z", "A1", "Z1", "A2"]);
    const looks = Array.from({ length: 64 }, (_, index) => nthLook(index));
    expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(64);
    expect(new Set(looks.slice(0, 8).map(({ color }) => color)).size).toBe(8);
    expect(new Set(looks.slice(0, 8).map(({ dash }) => String(dash))).size).toBe(8);
    expect(nthLook(64)).toEqual(nthLook(0));
  });
});

describe("charts in a browser", { timeout: 60_000 }, () => {
  const browserOf = useBrowser();

  function open(context: TestContext, ...charts: readonly Chart[]): Promise<OpenedPage> {
    return browserOf(context).open(pageOf(...charts), WIDTH);
  }

  /** The texts of a chart's legend: a name and a value for x and for each series. */
  async function legendOf(page: Page, id: string): Promise<readonly string[]> {
    const rows = await page.locator(`#${id} .u-legend tr`).all();
    const texts = rows.map((row) => row.locator("th, td").allTextContents());
    return (await Promise.all(texts)).map((cells) => cells.join(": "));
  }

  it("draws every kind of axis, and complains of nothing", async (context) => {
    const { page, complaints, requests } = await open(context, loss, accuracy, roofline, batches);
    const pixels = await page.evaluate<
      number[]
    >(`[...document.querySelectorAll(".chart canvas")].map((canvas) =>
      canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
        .filter((value, at) => at % 4 === 3 && value > 0).length)`);
    expect(pixels).toHaveLength(4);
    expect(Math.min(...pixels)).toBeGreaterThan(1000);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([expect.stringMatching(/^file:/)]);
  });

  it("shows the values under the mouse, in the other charts of the group too", async (context) => {
    const { page } = await open(context, loss, accuracy, batches);
    expect(await legendOf(page, "loss")).toEqual(["Step: –", "Training: –", "Test: –"]);
    // The middle of 0 to 40.
    await page.locator("#loss .u-over").hover();
    await page.evaluate(NEXT_FRAME);
    expect(await legendOf(page, "loss")).toEqual(["Step: 20", "Training: –", "Test: 1.20e-4"]);
    expect(await legendOf(page, "accuracy")).toEqual(["Step: 20", "Test: 52.50%"]);
    expect(await legendOf(page, "batches")).toEqual(["Batch size: –", "A backend: –", "B backend: –"]);
  });

  it("takes the colours of light and dark, and those of light on paper", async (context) => {
    const { page } = await open(context, roofline);
    const light = await page.evaluate(IMAGE("roofline"));
    // A busy machine takes more than a frame to follow.
    const image = () => expect.poll(() => page.evaluate(IMAGE("roofline")));
    await page.emulateMedia({ colorScheme: "dark" });
    await image().not.toBe(light);
    const dark = await page.evaluate(IMAGE("roofline"));
    await page.evaluate(`dispatchEvent(new Event("beforeprint")), ${NEXT_FRAME}`);
    await image().not.toBe(dark);
    await page.evaluate(`dispatchEvent(new Event("afterprint")), ${NEXT_FRAME}`);
    await image().toBe(dark);
  });

  it("says which chart has no data", async (context) => {
    const broken = pageOf(loss).replace('id="loss-data"', 'id="other"');
    const { complaints } = await browserOf(context).open(broken, WIDTH);
    expect(complaints.join()).toContain("the chart loss has no data");
  });
});
