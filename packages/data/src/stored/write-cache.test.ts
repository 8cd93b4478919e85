import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { isInMemory } from "../dataset/dataset.js";
import { emptyFolder } from "../testing/idx-folder.js";
import { sampleStream } from "../testing/sample-stream.js";
import { imageCache } from "./cache-folder.js";
import { materialize } from "./materialize.js";

const ENTRY = pathToFileURL(join(import.meta.dirname, "../../dist/node.js")).href;

/**
 * A program that stores 600 images of 10,000 bytes below `cache` in its working folder, and prints the sum of some bytes or
 * the error. Before each image it does what `each` says.
 */
function storing(each: string): string {
  return `
    import { writeFileSync } from "node:fs";
    import { setTimeout } from "node:timers/promises";
    import { materialize } from ${JSON.stringify(ENTRY)};
    const count = 600;
    async function* decode() {
      for (let i = 0; i < count; i += 1) { ${each}; yield new Uint8Array(10_000).fill(i); }
    }
    const stream = { name: "s", key: "s", classes: 2, classNames: ["a", "b"], channels: 1, height: 100, width: 100,
      count, labels: new Uint8Array(count), decode };
    try {
      const source = await materialize(stream, { memoryBytes: 0, cacheFolder: "cache" });
      const images = await source.read(Uint32Array.of(0, 599, 3));
      console.log(images.reduce((sum, byte) => sum + byte, 0));
    } catch (error) {
      console.log(error.code + " " + error.message);
    }`;
}
/** What such a program prints: the bytes of images 0, 599 and 3. */
const SUM = `${10_000 * ((599 % 256) + 3)}\n`;

async function run(folder: string, each: string, via: readonly string[] = []): Promise<string> {
  const [program = "", ...args] = [...via, process.execPath, "--input-type=module", "-e", storing(each)];
  return (await promisify(execFile)(program, args, { cwd: folder })).stdout;
}

it("is done by several processes at once, after one that was killed", async () => {
  const folder = await emptyFolder();
  const images = join(folder, "cache", "images");
  const killed = run(folder, "if (i === 500) process.kill(process.pid, 'SIGKILL')").catch(() => "killed");
  expect(await killed).toBe("killed");
  expect((await readdir(images)).map((name) => extname(name))).toEqual([".part"]);
  const others = Array.from({ length: 3 }, () => run(folder, "if (i % 100 === 0) await setTimeout(5)"));
  expect(await Promise.all(others)).toEqual([SUM, SUM, SUM]);
  // What the killed one left is gone, and nothing was left by those that were later than another.
  expect((await readdir(images)).map((name) => extname(name))).toEqual([".images"]);
});

it("removes what dead processes and long ago others left, and nothing else", async () => {
  const cacheFolder = await emptyFolder();
  const { folder } = await imageCache(cacheFolder);
  await mkdir(folder, { recursive: true });
  const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const part = (owner: string) => `${"a".repeat(32)}.${owner}-123456789abc.part`;
  const kept = [part(`${machine}-${process.pid}`), part(`00000000-${dead}`), "notes.part", "x.images"];
  const removed = [part(`${machine}-${dead}`), part("00000000-1")];
  for (const name of [...kept, ...removed]) await writeFile(join(folder, name), "left");
  const lastWeek = new Date(Date.now() - 7 * 86_400_000);
  await utimes(join(folder, part("00000000-1")), lastWeek, lastWeek);
  const source = await materialize(sampleStream(), { memoryBytes: 0, cacheFolder });
  if (!isInMemory(source)) await source.dispose?.();
  const names = await readdir(folder);
  expect(names.filter((name) => kept.includes(name)).sort()).toEqual([...kept].sort());
  expect(names.filter((name) => removed.includes(name))).toEqual([]);
  // The two temporary files that are somebody's, and the data set.
  const { files, sizeBytes } = await imageCache(cacheFolder);
  expect(files).toBe(1);
  expect(sizeBytes).toBe(4096 + 50 * 64 + 2 * "left".length);
});

describe("a full disk", () => {
  const UNSHARE = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c"];
  const onDisk = (size: string) => [
    ...UNSHARE,
    `mount -t tmpfs -o size=${size} none cache && "$@"; ls -A cache/images`,
    "-",
  ];
  const canMount = () => spawnSync("unshare", [...UNSHARE.slice(1), "mount -t tmpfs none /tmp"]).status === 0;
  const EXPECTED =
    /^NIN_DATA_CACHE cache\/images: expected a folder where 5\.7 MiB of decoded images can be stored \(free some room, set XDG_CACHE_HOME to another folder, or allow more data in memory\), found (.*)\n$/;

  it("is noticed before anything is decoded, and when it becomes full", async ({ skip }) => {
    if (!canMount()) return lacking("unshare", "a disk of its own cannot be mounted here", skip);
    const folder = await emptyFolder();
    await mkdir(join(folder, "cache"));
    const early = await run(folder, "throw new Error('decoded')", onDisk("4m"));
    expect(EXPECTED.exec(early)?.[1]).toBe("4 MiB free");
    const filler = "if (i === 100) try { writeFileSync('cache/filler', Buffer.alloc(8e6)) } catch {}";
    const late = await run(folder, filler, onDisk("8m"));
    expect(EXPECTED.exec(late)?.[1]).toBe("the disk is full");
  });

  it("is like a limit on what a process may write", async ({ skip }) => {
    if (process.platform === "win32") return lacking("bash", "limits are set by bash", skip);
    const folder = await emptyFolder();
    const limited = await run(folder, "", ["bash", "-c", 'ulimit -f 1000; exec "$@"', "-"]);
    expect(EXPECTED.exec(limited)?.[1]).toBe("it would be larger than this process may write");
    expect(await readdir(join(folder, "cache", "images"))).toEqual([]);
  });
});
