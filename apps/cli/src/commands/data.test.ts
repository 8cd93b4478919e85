import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { inNewFolder, shapeSet, writeShapeFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { nin } from "../testing/nin.js";

/** The length of train-images-idx3-ubyte.gz, the first file that is downloaded. */
const TRAIN_IMAGES_BYTES = 26_421_880;

it("a download with another SHA-256 is refused, and nothing of it is kept", async () => {
  const server = createServer((_request, response) => response.end(Buffer.alloc(TRAIN_IMAGES_BYTES)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await inNewFolder(async (cwd) => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const env = { XDG_CACHE_HOME: join(cwd, "cache"), NIN_DATA_MIRROR: `http://127.0.0.1:${port}/` };
      const { status, stdout, stderr } = await nin(["data", "fetch", "fashion-mnist"], { cwd, env });
      const lines = stderr.trimEnd().split("\n");
      expect(lines.at(-1)).toMatch(
        /^nin: .*train-images-idx3-ubyte\.gz: expected .*SHA-256 3aede38d.*sent other bytes/,
      );
      expect(lines.slice(0, -1).every((line) => line.startsWith("Downloading "))).toBe(true);
      expect([status, stdout]).toEqual([2, ""]);
      expect(await filesBelow(cwd)).toEqual([]);
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe("inspect", () => {
  it("prints a table of at most 80 columns, the keys of --json, and a page", async () => {
    await inNewFolder(async (cwd) => {
      await writeShapeFolder(join(cwd, "my set"), shapeSet({ train: 9, test: 4 }));
      await writeFile(join(cwd, "my set/train/disc/broken.png"), "");
      const table = await nin(["data", "inspect", "my set", "--html", "sheet.html"], { cwd });
      expect([table.status, table.stderr]).toEqual([0, ""]);
      const lines = table.stdout.trimEnd().split("\n");
      expect(lines).toContainEqual(expect.stringMatching(/^disc +3 +2$/));
      expect(lines).toContainEqual(expect.stringMatching(/^all +9 +4$/));
      expect(lines).toContainEqual("broken      1 file");
      const page = await readFile(join(cwd, "sheet.html"), "utf8");
      expect(page.match(/<img src="data:image\/png;base64,/g)?.length).toBe(9);
      expect(page).toContain(
        "broken.png: expected a PNG, JPEG, WebP, GIF or AVIF image, found an empty file",
      );

      const { status, stdout } = await nin(["data", "inspect", "my set", "--json"], { cwd });
      const found = JSON.parse(stdout) as Record<string, unknown>;
      expect(status).toBe(0);
      expect(Object.keys(found)).toEqual([
        ...["name", "classes", "train", "test", "channels", "height", "width"],
        ...["mean", "std", "duplicates", "broken"],
      ]);
      expect(found).toMatchObject({
        name: join(cwd, "my set"),
        classes: ["disc", "ring", "stripes"],
        train: { count: 9, perClass: [3, 3, 3] },
        test: { count: 4, perClass: [2, 1, 1] },
        ...{ channels: 3, height: null, width: null, duplicates: 0 },
        broken: [join(cwd, "my set/train/disc/broken.png")],
      });
    });
  });

  it.each([
    [["nowhere"], /^nin: .*nowhere: expected a folder of images .*, found nothing$/],
    [["."], /^nin: .*: expected a folder for each class with .* images, found none$/],
    [["synthetic", "--html", "nowhere/sheet.html"], /^nin: .*nowhere/],
  ])("refuses %j by one line", async (args, message) => {
    await inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await nin(["data", "inspect", ...args], { cwd });
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr.trimEnd()).toMatch(message);
    });
  });
});
