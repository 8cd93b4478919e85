import { type OpenedPage, type Page, useBrowser } from "@nin/headless-chromium";
import { describe, expect, it, type TestContext } from "vitest";
import { htmlDocument } from "../document/document.js";
import { html } from "../document/html.js";
import { commonStyle } from "../document/style.js";
import { sortableTable } from "../table/sortable-table.js";
import { chartAssets } from "./assets.js";
import { chartFigure } from "./figure.js";
import type { OverlaidRun } from "./overlay.js";
import { overlayFigures } from "./overlay-figures.js";
import { type ScatterPoint, scatterChart } from "./scatter.js";

const ROWS = [
  { name: "nin-10", accuracy: 90 },
  { name: "nin-2", accuracy: null },
  { name: "nin-1", accuracy: 91.5 },
];
const COLUMNS = [
  { title: "Run", cell: nameOf, value: nameOf, kind: "words" },
  { title: "Accuracy", cell: accuracyOf, value: accuracyOf, first: "descending" },
  { title: "Note", cell: () => "a note", kind: "words" },
] as const;
/** Of a group: two at the same place, and one at the border. */
function pointsOf(group: number): readonly ScatterPoint[] {
  const y = 80 + 3 * group;
  return [
    { x: 5e4, y, label: "nin-s", spread: [y - 1, y + 1] },
    { x: 5e4, y, label: "nin-s, the same again" },
    { x: 5e6, y, label: "the largest one of them all" },
  ];
}

type Row = (typeof ROWS)[number];

function nameOf({ name }: Row): string {
  return name;
}

function accuracyOf({ accuracy }: Row): number | null {
  return accuracy;
}

function sampleRun(index: number): OverlaidRun {
  const points = [1, 2, 3].map((x) => ({ x, y: 2.3 - 0.3 * x - 0.05 * index }));
  const curves = {
    trainLoss: points,
    validationLoss: [],
    validationAccuracy: [],
    testLoss: points,
    testAccuracy: [],
  };
  return { key: `run-${index}`, label: `seed ${index}`, index, stepsPerEpoch: 3, curves };
}

function samplePage(): string {
  const { style, script, credit } = chartAssets();
  return htmlDocument({
    title: "A page",
    style: style + commonStyle,
    main: html`${sortableTable({ id: "table", label: "Runs", columns: COLUMNS, rows: ROWS })}
${overlayFigures({ id: "runs", runs: [0, 1, 2].map(sampleRun), chosen: ["run-0", "run-1"] })}
${chartFigure(
  scatterChart({
    id: "scatter",
    title: "Accuracy",
    x: { label: "Parameters", scale: "log10", format: "short" },
    y: { label: "Accuracy", scale: "linear", format: "percent" },
    groups: ["NiN", "AlexNet", "VGG", "a", "b", "c"].map((label, index) => ({
      label,
      points: pointsOf(index),
      isJoined: index === 0,
    })),
  }),
)}`,
    footer: credit,
    script,
  });
}

const OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

describe("a page in a browser", { timeout: 60_000 }, () => {
  const browserOf = useBrowser();

  function open(context: TestContext, width = 900): Promise<OpenedPage> {
    return browserOf(context).open(samplePage(), width);
  }

  /** The first column of the table, and what each title says of its direction. */
  async function orderOf(page: Page): Promise<readonly [string, readonly (string | null)[]]> {
    const names = await page.locator("#table tbody th").allTextContents();
    const titles = await page.locator("#table thead th").all();
    return [names.join(), await Promise.all(titles.map((title) => title.getAttribute("aria-sort")))];
  }

  async function legendOf(page: Page, id: string): Promise<readonly string[]> {
    return (await page.locator(`#${id} .u-legend th`).allTextContents()).slice(1);
  }

  it("sorts a table by clicks and by keys, what is missing last", async (context) => {
    const { page, complaints } = await open(context);
    expect(await orderOf(page)).toEqual(["nin-10,nin-2,nin-1", [null, null, null]]);
    const sorts = page.locator("#table .sort");
    await sorts.nth(1).click();
    expect(await orderOf(page)).toEqual(["nin-1,nin-10,nin-2", [null, "descending", null]]);
    await sorts.nth(1).click();
    expect((await orderOf(page))[0]).toBe("nin-10,nin-1,nin-2");
    await sorts.nth(0).focus();
    await page.keyboard.press("Enter");
    expect(await orderOf(page)).toEqual(["nin-1,nin-2,nin-10", ["ascending", null, null]]);
    await page.keyboard.press("Space");
    expect((await orderOf(page))[0]).toBe("nin-10,nin-2,nin-1");
    expect(await sorts.count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("shows the lines that are chosen, in all charts of the chooser", async (context) => {
    const { page, complaints } = await open(context);
    expect(await legendOf(page, "runs-trainLoss")).toEqual(["A seed 0", "B seed 1"]);
    await page.locator("input[value='run-2']").click();
    await page.locator("input[value='run-0']").click();
    for (const chart of ["runs-trainLoss", "runs-testLoss"]) {
      expect(await legendOf(page, chart)).toEqual(["B seed 1", "C seed 2"]);
      const label = await page.locator(`#${chart}`).getAttribute("aria-label");
      expect(label).toMatch(/ over Training step\. B seed 1: from [^:]+ to [^:]+\. C seed 2: [^:]+$/);
    }
    const chooseAll = (name: string) =>
      page.locator(".chooser-all").getByRole("button", { name, exact: true }).click();
    await chooseAll("None");
    expect(await legendOf(page, "runs-trainLoss")).toEqual([]);
    await chooseAll("All");
    expect(await legendOf(page, "runs-testLoss")).toHaveLength(3);
    expect(complaints).toEqual([]);
  });

  it("draws points of every shape, and fits a phone", async (context) => {
    const { page, complaints } = await open(context, 360);
    const colors = await page.evaluate<boolean[]>(`(() => {
      const canvas = document.querySelector("#scatter canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set();
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) seen.add([data[at], data[at + 1], data[at + 2]].join());
      return [0, 1, 2, 3, 4, 5].map((index) => {
        const hex = getComputedStyle(document.documentElement).getPropertyValue("--series-" + index).trim();
        return seen.has([1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16)).join());
      });
    })()`);
    expect(colors).toEqual([true, true, true, true, true, true]);
    expect(await page.evaluate(OVERHANG)).toBe(0);
    expect(complaints).toEqual([]);
  });
});
