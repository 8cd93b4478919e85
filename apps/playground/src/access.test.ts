import { createRequire } from "node:module";
import { type Page, useBrowser } from "@nin/headless-chromium";
import { describe, expect, it } from "vitest";
import { chooseTenSteps, giveSmallImages, openPlayground, phase, stepOf } from "./testing/opened.js";

const browserOf = useBrowser({ webgpu: true });
const AXE = createRequire(import.meta.url).resolve("axe-core");

/** What axe finds, each with the first element that it is about. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const found = await axe.run();
    return found.violations.map(
      ({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
    );
  });
}

/** Elements that reach beyond the right edge of the window, where the page could be scrolled sideways. */
function tooWide(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    return [
      `${scrollWidth} > ${clientWidth}`,
      ...wide.slice(0, 5).map((element) => element.className.toString()),
    ];
  });
}

async function reach(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      // Regions that scroll hold what others do.
      if (element?.matches("button, input, select, a") !== true) return "";
      const labels = (element as HTMLInputElement).labels;
      return `${element.getAttribute("aria-label") ?? ""} ${labels?.[0]?.textContent ?? ""} ${element.textContent}`;
    });
    if (focused.includes(name)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${name} cannot be reached with the Tab key`);
}

describe("the page can be used by everybody", { timeout: 120_000 }, () => {
  it("from a keyboard alone: choose, step, look, delete; in dark colours, on a phone", async (context) => {
    const { page } = await openPlayground(browserOf(context), {
      colorScheme: "dark",
      width: 360,
      reducedMotion: "reduce",
    });
    await giveSmallImages(page);
    await chooseTenSteps(page);
    expect(await tooWide(page)).toEqual([]);
    await reach(page, "One step");
    await page.keyboard.press("Enter");
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBe(1);
    await phase(page, "Paused");
    // What is inside comes by itself; another test image by an arrow key.
    await page.getByText("First filters").waitFor();
    await reach(page, "image 0");
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("radio", { name: /image 1$/ }).isChecked()).toBe(true);
    await page.locator(".class-scores").waitFor();
    expect(await tooWide(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await reach(page, "Delete");
    await page.keyboard.press("Enter");
    await reach(page, "Really delete");
    await page.keyboard.press("Enter");
    await page.getByText("Runs are kept in this browser").waitFor();
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter(
          (element) => parseFloat(getComputedStyle(element).transitionDuration) > 0,
        ).length,
    );
    expect(moving).toBe(0);
  });

  it("axe finds nothing wrong in light colours, in the tour, in the editor, while drawing", async (context) => {
    const { page } = await openPlayground(browserOf(context));
    await page.getByRole("button", { name: "Take the tour" }).click();
    await page.getByRole("button", { name: "Next" }).waitFor();
    await page.getByText("The tutorial’s six exercises").click();
    await page.getByRole("button", { name: "Edit as JSON" }).click();
    await page.locator(".cm-content").waitFor();
    await page.getByRole("button", { name: "Draw, drop, camera" }).click();
    await page.getByRole("tab").first().waitFor();
    expect(await violations(page)).toEqual([]);
    // What is drawn is looked at, before any training too.
    await page.getByRole("button", { name: "Look before training" }).click();
    await page.locator(".class-scores").waitFor();
    const first = await page.locator(".scores-verdict").textContent();
    const pad = page.getByRole("application", { name: "Drawing pad" });
    await pad.scrollIntoViewIfNeeded();
    const { x = 0, y = 0 } = (await pad.boundingBox()) ?? {};
    await page.mouse.move(x + 60, y + 60);
    await page.mouse.down();
    await page.mouse.move(x + 200, y + 200, { steps: 8 });
    await page.mouse.up();
    await expect
      .poll(() => page.locator(".scores-verdict").textContent(), { timeout: 30_000 })
      .not.toBe(first);
    await page.locator(".class-maps canvas").first().waitFor();
    for (const width of [360, 768, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, await tooWide(page)]).toEqual([width, []]);
    }
  });
});
