import { once } from "node:events";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createReferenceBackend } from "@nin/backend-reference";
import { syntheticDataset } from "@nin/data";
import { defineArchitecture, flatten, linear } from "@nin/spec";
import { inNewFolder } from "@nin/test-support";
import { createRun, describeData, trainRun } from "@nin/training/node";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleConfig } from "../report/testing/sample-run.js";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectRefused } from "../testing/refusal.js";
import { writeSampleRun } from "../testing/sample-folders.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

describe("nin report of a trained run", () => {
  const run = (): string => inputs.file("run");
  const page = (): Promise<string> => readFile(join(run(), "report.html"), "utf8");
  let first = "";

  beforeAll(async () => {
    const args = ["train", inputs.model, "--data", inputs.data, "--out", run(), "--epochs", "2"];
    expect((await runHere(args, inputs.folder)).status).toBe(0);
    first = await page();
  });

  it("writes the same page again", async () => {
    await rm(join(run(), "report.html"));
    const { status, stdout, stderr } = await runHere(["report", "run"], inputs.folder);
    expect([status, stdout, stderr]).toEqual([0, `Report: ${join("run", "report.html")}\n`, ""]);
    expect(await page()).toBe(first);
    expect(first).toContain('<img src="data:image/png;base64,');
  });

  it("leaves out the samples where they are not wanted", async () => {
    expect(await runHere(["report", "run", "--no-samples"], inputs.folder)).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(await page()).toContain("This page has no sample images.");
  });

  it("has no samples where the data are gone, or are others, and says so", async () => {
    const images = join(inputs.data, "t10k-images-idx3-ubyte");
    const [name = "", aside = ""] = [images, `${images}.aside`];
    await rename(name, aside);
    try {
      const gone = await runHere(["report", "run"], inputs.folder);
      expect(gone.status).toBe(0);
      expect(gone.stderr).toMatch(/^Note: no sample predictions: [^\n]+\n$/);
      expect(await page()).toContain("This page has no sample images: no sample predictions: ");
      const bytes = await readFile(aside);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await writeFile(name, bytes);
      const other = await runHere(["report", "run"], inputs.folder);
      expect(other.stderr).toContain("the test data of");
      expect(other.stderr).toContain("are not those that the run started with");
      expect(await page()).toContain("test accuracy");
    } finally {
      await rename(aside, name);
    }
  });
});

/** Trains a run by the packages, on data that say they come from somewhere. */
async function trainByProgram(folder: string, source: string): Promise<void> {
  const input = { channels: 1, height: 8, width: 8 };
  const architecture = defineArchitecture({ input, layers: [flatten(), linear({ outFeatures: 10 })] });
  const pair = syntheticDataset({ size: 8, train: 40, test: 20 });
  const recipe = { ...sampleConfig().recipe, batchSize: 20, epochs: 1 };
  const data = await describeData(pair, source);
  const run = await createRun(folder, {
    ...sampleConfig(),
    architecture,
    recipe,
    data,
    backend: "reference",
  });
  const imageFormat = { ...input, preprocessing: recipe.preprocessing };
  const model = await createReferenceBackend().compile(architecture, { imageFormat, maxBatch: 20 });
  await trainRun(run, { model, data: pair });
  await run.dispose();
}

describe("nin report", () => {
  it("of a run that was killed says how far it came, and why it has no samples", () =>
    inNewFolder(async (cwd) => {
      await writeSampleRun(join(cwd, "run"), { epochs: 1 });
      const { status, stderr } = await runHere(["report", "run"], cwd);
      expect(status).toBe(0);
      expect(stderr).toContain("no sample predictions: ");
      expect(await readFile(join(cwd, "run", "report.html"), "utf8")).toContain(
        "Interrupted after step 469 of 938.",
      );
    }));

  it("of a run that a program trains touches nothing of what that writes", () =>
    inNewFolder(async (cwd) => {
      const folder = join(cwd, "run");
      const data = { ...sampleConfig().data, source: "what the program has" };
      const run = await createRun(folder, { ...sampleConfig(), data, backend: "of the program" });
      await writeFile(join(folder, ".nin-0123456789ab.part"), "");
      const { status, stderr } = await runHere(["report", "run"], cwd);
      expect([status, stderr]).toEqual([
        0,
        `Note: no sample predictions: ${folder}: the run has no checkpoint yet\n`,
      ]);
      expect(await readFile(join(folder, "report.html"), "utf8")).toContain("The run was at step 0 of 938");
      expect(await readdir(folder)).toContain(".nin-0123456789ab.part");
      await run.dispose();
    }));

  it("of a run whose data are nowhere on this machine asks nobody for them", () =>
    inNewFolder(async (cwd) => {
      await trainByProgram(join(cwd, "run"), "fashion-mnist");
      let requests = 0;
      const mirror = createServer((_request, response) => {
        requests += 1;
        response.end();
      }).listen(0, "127.0.0.1");
      await once(mirror, "listening");
      const { port } = mirror.address() as AddressInfo;
      const env = {
        NIN_DATA_DIR: "",
        NIN_DATA_MIRROR: `http://127.0.0.1:${port}/`,
        XDG_CACHE_HOME: join(cwd, "cache"),
      };
      const { status, stderr } = await nin(["report", "run"], { cwd, env });
      mirror.close();
      expect(stderr).toBe(
        "Note: no sample predictions: fashion-mnist is not on this machine; nin data fetch fashion-mnist downloads it\n",
      );
      expect([status, requests]).toEqual([0, 0]);
      const page = await readFile(join(cwd, "run", "report.html"), "utf8");
      expect(page).toContain("Finished");
      expect(page).toContain("test accuracy");
    }));

  it("refuses what is no run", async () => {
    await expectRefused(
      ["report", "nowhere"],
      "nowhere: expected the folder of a run, found no config.json there",
    );
    await expectRefused(["report"], "missing required argument 'run'");
  });
});
