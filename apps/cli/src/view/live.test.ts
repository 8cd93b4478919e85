import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Page, useBrowser } from "@nin/headless-chromium";
import { at } from "@nin/spec";
import { inNewFolder } from "@nin/test-support";
import { expect, it } from "vitest";
import { type RunningNin, startNin } from "../testing/nin.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const LONGEST_MS = 60_000;
/** One that goes on until it is stopped. */
const TRAINING = ["--out", "runs/live", "--epochs", "9999", "--log-every", "1"];

const browserOf = useBrowser();

/** What a page shows is as expected, sooner or later. */
function eventually<Value>(value: () => Promise<Value>): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(value, { timeout: LONGEST_MS, interval: 50 });
}

/** The texts of the cells of each row of the table. */
async function rowsOf(page: Page): Promise<readonly (readonly string[])[]> {
  const rows = await page.locator("#runs tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
}

it(
  "a training is seen in a browser while it goes on, and when it ends",
  { timeout: 3 * LONGEST_MS },
  (context) =>
    inNewFolder(async (cwd) => {
      const browser = browserOf(context);
      await mkdir(join(cwd, "runs"));
      const view = startNin(["view", "--port", "0"], { cwd });
      let training: RunningNin | undefined;
      try {
        await view.until(/http:\S+\/ /);
        training = startNin(["train", inputs.model, "--data", inputs.data, ...TRAINING], { cwd });
        const url = /http:\S+\//.exec(view.written.stdout)?.[0] ?? "";
        const { page: folder, ...onFolder } = await browser.visit(url, 900);
        await eventually(() => rowsOf(folder)).toEqual([expect.arrayContaining(["running"])]);
        expect(at(await rowsOf(folder), 0).slice(1, 3)).toEqual(["live", "running"]);
        await folder.locator("#overlay-trainLoss canvas").waitFor();
        expect(await folder.locator("#overlay-trainLoss canvas").count()).toBe(1);
        expect(await folder.locator(".chosen").first().textContent()).toBe("Alive");

        const curves = folder.locator("#overlay-trainLoss");
        const drawn = await curves.getAttribute("aria-label");
        await eventually(() => curves.getAttribute("aria-label")).not.toBe(drawn);

        const { page: run, ...onRun } = await browser.visit(`${url}run?run=live`, 900);
        await run.locator("#chart-loss canvas").waitFor();
        expect(await run.locator("#chart-loss canvas").count()).toBe(1);
        const steps = run
          .locator("#facts div")
          .filter({ hasText: /^Steps/ })
          .first();
        const before = await steps.textContent();
        expect(before).toMatch(/^Steps[\d,]+ of /);
        await eventually(() => steps.textContent()).not.toBe(before);
        const status = run.locator("#headline .status");
        expect(await status.textContent()).toBe("Running");

        training.child.kill("SIGINT");
        expect((await training.ended).status).toBe(130);
        await eventually(() => rowsOf(folder)).toEqual([expect.arrayContaining(["interrupted"])]);
        await eventually(() => status.textContent()).toBe("Interrupted");
        expect([...onFolder.complaints, ...onRun.complaints]).toEqual([]);
        const elsewhere = [...onFolder.requests, ...onRun.requests].filter(
          (address) => !address.startsWith(url),
        );
        expect(elsewhere).toEqual([]);

        view.child.kill("SIGINT");
        const { status: viewStatus, stdout, stderr } = await view.ended;
        expect([viewStatus, stderr]).toEqual([
          130,
          "runs has no runs yet: they appear on the page as they start\n",
        ]);
        expect(stdout).toBe(`Showing 0 runs of runs at ${url} (Ctrl-C ends it)\n`);
        await eventually(() => folder.locator("#live").textContent()).toMatch(/^Connection lost/);
      } finally {
        for (const running of [view, training]) running?.child.kill("SIGKILL");
      }
    }),
);
