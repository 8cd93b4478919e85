import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useBrowser } from "@nin/headless-chromium";
import { at } from "@nin/spec";
import { pngBytes, shapeSet } from "@nin/test-support";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "./packed/run-command.js";
import { root } from "./repository.js";

/** The commands and the page of docs/your-own-images.md, as they stand there, on pictures of three kinds of shapes. */

const CLASSES = ["mug", "plate", "spoon"];
/** The one change: the test's trainings stop before they have learned much. */
const SHORT = ["--max-steps", "40"];
const PICTURE = "photos/spoon/003.png";

const text = await readFile(join(root, "docs/your-own-images.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((block) =>
    at(block, 1),
  );
const commands = blocks("sh").flatMap((block) => block.trimEnd().split("\n"));

const browserOf = useBrowser({ webgpu: true });
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nin-own-images-"));
  for (const [index, picture] of shapeSet({ train: 90, test: 0 }).train.entries()) {
    const place = join(folder, "photos", at(CLASSES, picture.label));
    await mkdir(place, { recursive: true });
    await writeFile(join(place, `${`${index + 1}`.padStart(3, "0")}.png`), pngBytes(picture));
  }
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a line of the document; a shell reads its quotes and patterns. */
async function run(line: string): Promise<string> {
  const nin = `"${process.execPath}" "${join(root, "apps/cli/bin/nin.js")}"`;
  const short = line.startsWith("nin train") ? ` ${SHORT.join(" ")}` : "";
  const { status, stdout, stderr } = await runCommand(
    "sh",
    ["-c", line.replace(/^nin/, nin) + short],
    folder,
  );
  expect({ line, status, stderr: status === 0 ? "" : stderr }).toEqual({ line, status: 0, stderr: "" });
  return stdout;
}

describe("docs/your-own-images.md", () => {
  const outputs = new Map<string, string>();

  it("has commands that run", { timeout: 300_000 }, async () => {
    for (const line of commands) outputs.set(line, await run(line));
    expect(commands.length).toBeGreaterThan(7);
    expect(outputs.get("nin data inspect photos --html photos.html")).toContain("spoon");
  });

  it("has a page that classifies a photo as the command does", { timeout: 120_000 }, async (context) => {
    const json = await run(`nin predict runs/photos ${PICTURE} --checkpoint best --json`);
    const [{ predictions }] = JSON.parse(json) as [{ predictions: { class: string; probability: number }[] }];
    const { page, complaints } = await browserOf(context).open(
      await pageOf(join(folder, "photos.safetensors")),
      800,
    );
    const picture = JSON.stringify((await readFile(join(folder, PICTURE))).toString("base64"));
    const shown = await page.evaluate(`classifyPicture(${picture})`);
    expect(complaints).toEqual([]);
    const parts = predictions.map((each) => `${each.class} ${(100 * each.probability).toFixed(1)}%`);
    expect(shown).toBe(parts.join(", "));
  });
});

/** The document's page in one file, which gets the weights from itself, and gives pictures to its input. */
async function pageOf(weightsFile: string): Promise<string> {
  const [html, code] = [at(blocks("html"), 0), at(blocks("ts no-run"), 0)];
  const { outputFiles } = await build({
    // Inside this package, whose dependencies are those of the program.
    stdin: { contents: code, resolveDir: join(root, "tools/repository-checks"), loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
  });
  const weights = (await readFile(weightsFile)).toString("base64");
  const script = `
    const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    globalThis.fetch = async () => new Response(bytesOf("${weights}"));
    ${at(outputFiles, 0).text}
    globalThis.ready = async (picture) => {
      const [chosen, shown] = [document.querySelector("input"), document.querySelector("output")];
      const files = new DataTransfer();
      files.items.add(new File([bytesOf(picture)], "photo.png", { type: "image/png" }));
      chosen.files = files.files;
      chosen.dispatchEvent(new Event("change"));
      while (shown.textContent === "") await new Promise((done) => setTimeout(done, 20));
      return shown.textContent;
    };`;
  const waiting = `
    globalThis.classifyPicture = async (picture) => {
      for (let tries = 0; globalThis.ready === undefined; tries += 1) {
        if (tries > 500) return "the program has not started";
        await new Promise((done) => setTimeout(done, 100));
      }
      return globalThis.ready(picture);
    };`;
  const body = html.replace(/<script.*<\/script>/, "");
  const escaped = script.replaceAll("</script", "<\\/script");
  return `<!doctype html><meta charset="utf-8">${body}<script>${waiting}</script><script type="module">${escaped}</script>`;
}
