import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserPage, useBrowser } from "@nin/headless-chromium";
import { inNewFolder } from "@nin/test-support";
import { expect, it } from "vitest";
import { type RunningNin, startNin } from "../testing/nin.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
/** The text of the cells of the table's only row. */
const ROW = `[...document.querySelectorAll("#runs tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent))`;
const STEPS = `[...document.querySelectorAll("#facts div")].map((fact) => fact.textContent).find((text) => text.startsWith("Steps"))`;
/** What the overlaid curves show. */
const LABEL = `document.getElementById("overlay-trainLoss").ariaLabel`;
/** Each chart with the number of its drawings. */
const CHARTS = `[...document.querySelectorAll(".chart")].map((chart) => [chart.id, chart.querySelectorAll("canvas").length])`;
const LONGEST_MS = 60_000;
/** One that goes on until it is stopped. */
const TRAINING = ["--out", "runs/live", "--epochs", "9999", "--log-every", "1"];

const browserOf = useBrowser();

/** Looks at a page again and again until what it shows is as expected. */
async function until(
  page: BrowserPage,
  expression: string,
  holds: (value: unknown) => boolean,
): Promise<unknown> {
  const giveUpAt = performance.now() + LONGEST_MS;
  for (;;) {
    const value = await page.evaluate(expression);
    if (holds(value)) return value;
    if (performance.now() > giveUpAt) throw new Error(`still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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
        const folder = await browser.visit(url, 900);
        const [row] = (await until(folder, ROW, (rows) => /running/.test(`${rows}`))) as string[][];
        expect(row?.slice(1, 3)).toEqual(["live", "running"]);
        await until(folder, CHARTS, (charts) => /overlay-trainLoss,1/.test(`${charts}`));
        expect(await folder.evaluate(`document.querySelector(".chosen").textContent`)).toBe("Alive");

        const drawn = await folder.evaluate(LABEL);
        await until(folder, LABEL, (label) => label !== drawn);

        const run = await browser.visit(`${url}run?run=live`, 900);
        await until(run, CHARTS, (charts) => /chart-loss,1/.test(`${charts}`));
        const before = await run.evaluate(STEPS);
        expect(before).toMatch(/^Steps[\d,]+ of /);
        await until(run, STEPS, (steps) => steps !== before);
        expect(await run.evaluate(`document.querySelector("#headline .status").textContent`)).toBe("Running");

        training.child.kill("SIGINT");
        expect((await training.ended).status).toBe(130);
        await until(folder, ROW, (rows) => /interrupted/.test(`${rows}`));
        await until(
          run,
          `document.querySelector("#headline .status").textContent`,
          (text) => text === "Interrupted",
        );
        expect([...folder.complaints, ...run.complaints]).toEqual([]);
        expect([...folder.requests, ...run.requests].filter((address) => !address.startsWith(url))).toEqual(
          [],
        );

        view.child.kill("SIGINT");
        const { status, stdout, stderr } = await view.ended;
        expect([status, stderr]).toEqual([
          130,
          "runs has no runs yet: they appear on the page as they start\n",
        ]);
        expect(stdout).toBe(`Showing 0 runs of runs at ${url} (Ctrl-C ends it)\n`);
        await until(folder, `document.getElementById("live").textContent`, (text) =>
          `${text}`.startsWith("Connection lost"),
        );
      } finally {
        for (const running of [view, training]) running?.child.kill("SIGKILL");
      }
    }),
);
