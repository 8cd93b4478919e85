import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import type { LiveCurves, LiveUpdate } from "@nin/page";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { sampleStep } from "../report/testing/sample-run.js";
import { runHere } from "../testing/in-process.js";
import { expectRefusal } from "../testing/refusal.js";
import { writeSampleRun } from "../testing/sample-folders.js";
import { serveView } from "./serve-view.js";

interface Viewed {
  readonly url: string;
  readonly notes: readonly string[];
  get(path: string): Promise<Response>;
  /** The updates of an address, one by one. */
  updates(path: string): AsyncGenerator<LiveUpdate, void>;
}

/** Serves a folder while `use` goes on. */
async function viewing(target: string, use: (viewed: Viewed) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const notes: string[] = [];
  let print: (line?: string) => void = () => {};
  const printed = new Promise<string>((resolve) => {
    print = (line = "") => resolve(line);
  });
  const terminal = {
    print: (line?: string) => print(line),
    note: (line: string) => notes.push(line),
    isInteractive: false,
    signal: controller.signal,
    stoppable: <Result>(work: () => Promise<Result>) => work(),
  };
  const served = serveView(await realpath(target), target, 0, terminal);
  try {
    const line = await Promise.race([printed, served.then(() => "ended")]);
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0] ?? expect.unreachable(line);
    const get = (path: string): Promise<Response> => fetch(new URL(path, url));
    await use({ url, notes, get, updates: (path) => updatesOf(path, get) });
  } finally {
    controller.abort();
    await served;
  }
}

async function* updatesOf(
  path: string,
  get: (path: string) => Promise<Response>,
): AsyncGenerator<LiveUpdate, void> {
  const { body } = await get(path);
  let text = "";
  for await (const chunk of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const [, data] = /^event: update\ndata: (.*)$/.exec(event) ?? [];
      if (data !== undefined) yield JSON.parse(data) as LiveUpdate;
    }
  }
}

async function next(updates: AsyncGenerator<LiveUpdate, void>): Promise<LiveUpdate> {
  const { value } = await updates.next();
  if (value === undefined) throw new Error("the events ended");
  return value;
}

const keysOf = ({ rows }: LiveUpdate): readonly string[] => (rows?.rows ?? []).map(({ key }) => key);

describe("the page of a folder", () => {
  it("has a row for each run, curves, and what cannot be read", () =>
    inNewFolder(async (folder) => {
      await writeSampleRun(join(folder, "a & b"));
      await writeSampleRun(join(folder, "study", "c"), { epochs: 1 });
      await mkdir(join(folder, "bad"));
      await writeFile(join(folder, "bad", "config.json"), "{");
      await writeFile(join(folder, "bad", "metrics.jsonl"), "");
      await viewing(folder, async ({ get }) => {
        const answer = await get("/");
        const page = await answer.text();
        expect(answer.headers.get("content-security-policy")).toMatch(
          /^default-src 'none'; .*connect-src 'self'; script-src 'sha256-[^']+'; .*frame-ancestors 'none'$/,
        );
        expect(page).toContain('<a href="/run?run=a%20%26%20b">');
        expect(page).toContain("2 runs: 1 finished, 1 interrupted");
        expect(page).toContain("1 folder that cannot be read");
        const curves = (await (await get("/curves?run=study%2Fc")).json()) as LiveCurves;
        expect(curves).toMatchObject({ label: "study/c", stepsPerEpoch: 469 });
        expect(curves.curves.testAccuracy).toEqual([{ x: 469, y: expect.any(Number) }]);
        const run = await (await get("/run?run=a%20%26%20b")).text();
        expect(run).toContain("<strong>95.45%</strong> test accuracy");
        expect(run).toContain('<a href="/">All runs</a> / a &amp; b</p>');
      });
    }));

  it("serves nothing outside its folder, over links neither", () =>
    inNewFolder(async (folder) => {
      await writeSampleRun(join(folder, "outside"));
      await writeSampleRun(join(folder, "runs", "inside"));
      await symlink(join(folder, "outside"), join(folder, "runs", "link"));
      await mkdir(join(folder, "runs", "partly"));
      await symlink(join(folder, "outside", "config.json"), join(folder, "runs", "partly", "config.json"));
      await writeFile(join(folder, "runs", "partly", "metrics.jsonl"), "");
      await viewing(join(folder, "runs"), async ({ get, updates }) => {
        const first = await next(updates("/events"));
        expect(keysOf(first)).toEqual(["inside"]);
        expect(first.parts?.damaged).toContain("symbolic links are not followed");
        for (const key of [
          "link",
          "partly",
          "../outside",
          "..%2Foutside",
          "inside/../../outside",
          "",
          "inside/",
        ]) {
          for (const path of ["/run", "/run/events", "/curves"]) {
            expect((await get(`${path}?run=${key}`)).status, `${path} ${key}`).toBe(404);
          }
        }
        for (const path of [
          "/inside/config.json",
          "/../outside/config.json",
          "/%2e%2e/outside/config.json",
        ]) {
          expect((await get(path)).status, path).toBe(404);
        }
      });
    }));

  it("follows runs that start, go on and are removed, for many clients", () =>
    inNewFolder(async (folder) => {
      await writeSampleRun(join(folder, "first"), { epochs: 1 });
      await viewing(folder, async ({ get, updates, notes }) => {
        const clients = Array.from({ length: 50 }, () => updates("/events"));
        for (const first of await Promise.all(clients.map(next))) {
          expect(first).toMatchObject({ rows: { removed: "others" } });
          expect(keysOf(first)).toEqual(["first"]);
        }
        await clients.pop()?.return();
        await writeSampleRun(join(folder, "second.part"), { epochs: 1 });
        await rename(join(folder, "second.part"), join(folder, "second"));
        const own = clients[0] as AsyncGenerator<LiveUpdate, void>;
        let update = await next(own);
        while (!/second/.test(`${keysOf(update)}`)) update = await next(own);
        await rm(join(folder, "second"), { recursive: true });
        while (!/second/.test(`${update.rows?.removed}`)) update = await next(own);
        expect(update.parts?.counts).toContain("1 run:");
        await appendFile(join(folder, "first", "metrics.jsonl"), `${JSON.stringify(sampleStep(500))}\n`);
        while (!/first/.test(`${update.changedCurves}`)) update = await next(own);
        const { curves } = (await (await get("/curves?run=first")).json()) as LiveCurves;
        expect(curves.trainLoss.at(-1)?.x).toBe(500);
        expect(notes).toEqual([]);
      });
    }));

  it("sees that the process of a run was killed, which leaves its files as they are", () =>
    inNewFolder(async (folder) => {
      await writeSampleRun(join(folder, "run"), { epochs: 1 });
      const training = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
      await writeFile(join(folder, "run", "lock"), JSON.stringify({ pid: training.pid, host: hostname() }));
      await viewing(folder, async ({ updates }) => {
        const own = updates("/events");
        expect((await next(own)).parts?.counts).toBe("1 run: 1 running");
        training.kill("SIGKILL");
        let update = await next(own);
        while (update.parts?.counts !== "1 run: 1 interrupted") update = await next(own);
        expect(update.rows?.rows[0]?.html).toContain(">interrupted<");
      });
    }));

  it("says that its folder is gone, once on the terminal", () =>
    inNewFolder(async (folder) => {
      const runs = join(folder, "runs");
      await writeSampleRun(join(runs, "first"));
      await viewing(runs, async ({ get, updates, notes }) => {
        await next(updates("/events"));
        await rm(runs, { recursive: true });
        while (notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        const answer = await get("/");
        expect(answer.status).toBe(503);
        expect(await answer.text()).toMatch(/^nin: .*runs: there is no such folder\n$/);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        expect(notes).toEqual([expect.stringMatching(/^Warning: .*runs: there is no such folder$/)]);
      });
    }));

  it("is there before the first run, and says so", () =>
    inNewFolder(async (folder) => {
      await viewing(folder, async ({ get, notes }) => {
        expect(notes).toEqual([`${folder} has no runs yet: they appear on the page as they start`]);
        expect(await (await get("/")).text()).toContain("No runs yet");
      });
    }));
});

describe("the page of a run", () => {
  it("follows its metrics, a line that is being written once it is whole", () =>
    inNewFolder(async (folder) => {
      const run = join(folder, "run");
      await writeSampleRun(run, { epochs: 1 });
      await viewing(run, async ({ get, updates }) => {
        expect(await (await get("/")).text()).toContain("<strong>90.97%</strong> test accuracy");
        const events = updates("/run/events?run=");
        const first = await next(events);
        expect(first.charts?.map(({ id }) => id)).toEqual(["chart-loss", "chart-accuracy"]);
        const path = join(run, "metrics.jsonl");
        const line = `${JSON.stringify({ ...sampleStep(480), learningRate: 0.001 })}\n`;
        await appendFile(path, line.slice(0, 30));
        await appendFile(path, line.slice(30));
        let update = await next(events);
        while (update.charts === undefined) update = await next(events);
        expect(update.charts.map(({ id }) => id)).toContain("chart-learning-rate");
        expect(update.charts[0]?.series[0]?.x.at(-1)).toBe(480);
        expect(update.parts?.facts).toContain("480 of 938");
        expect(Object.keys(update.parts ?? {})).not.toContain("classes");
        expect(await readFile(path, "utf8")).toContain(line);
      });
    }));
});

describe("nin view refuses", () => {
  it.each([
    [["view"], "runs: expected a run, or a folder of runs as nin train makes them, found nothing"],
    [["view", "file"], "file: expected a run, or a folder of runs, found a file"],
    [["view", "bad"], "config.json: damaged: expected a JSON object"],
    [["view", ".", "--port", "65536"], "Expected a number from 0 to 65535"],
    [["view", ".", "--port", "x"], "Expected a number from 0 to 65535"],
  ])("%j", (args, line) =>
    inNewFolder(async (cwd) => {
      await writeFile(join(cwd, "file"), "");
      await mkdir(join(cwd, "bad"));
      await writeFile(join(cwd, "bad", "config.json"), "{");
      await writeFile(join(cwd, "bad", "metrics.jsonl"), "");
      expectRefusal(await runHere(args, cwd), line);
    }),
  );

  it("a port in use", () =>
    inNewFolder(async (cwd) => {
      const other = createServer().listen(0, "127.0.0.1");
      await once(other, "listening");
      const { port } = other.address() as AddressInfo;
      expectRefusal(
        await runHere(["view", ".", "--port", `${port}`], cwd),
        `port ${port} of 127.0.0.1 is in use`,
      );
      other.close();
    }));
});
