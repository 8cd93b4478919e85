/**
 * An implementation that runs in a page: `node browser-child.js PROGRAM IMPLEMENTATION JOB`, where PROGRAM is a
 * `BrowserProgram` as JSON. It starts the browser, sends the page its work once, and passes requests on.
 */
import { dirname } from "node:path";
import { readJsonFile } from "@nin/files";
import { at } from "@nin/spec";
import { BenchError } from "../protocol/errors.js";
import type { CheckAnswer, Job, Opened, ProbeAnswer, Reply } from "../protocol/messages.js";
import { serve } from "../protocol/serve.js";
import type { ProcessUsage, ServedImplementation, StepsResult } from "../protocol/served.js";
import type { BrowserProgram } from "./find-browser.js";
import { type InPage, JOB_PATH, type PageJob, type PageMethod, TENSORS_PATH } from "./in-page.js";
import { onnxRuntimeFile } from "./onnxruntime-files.js";
import { type BenchPage, openPage } from "./open-page.js";

class PageImplementation implements ServedImplementation {
  #page: BenchPage | undefined;

  constructor(
    private readonly program: BrowserProgram,
    private readonly id: string,
    private readonly jobPath: string,
  ) {}

  async open(): Promise<Opened> {
    const job = (await readJsonFile(this.jobPath)) as Job;
    const sent: PageJob = {
      job,
      architecture: await readJsonFile(job.architecture),
      recipe: await readJsonFile(job.recipe),
    };
    this.#page = await openPage(this.program, this.id, (path) => {
      if (path === JOB_PATH) return { json: JSON.stringify(sent) };
      return path === TENSORS_PATH ? { file: job.tensors } : onnxRuntimeFile(path);
    });
    const opened = await this.#call<Opened>("open");
    return { ...opened, versions: { browser: this.#page.version, ...opened.versions } };
  }

  check(): Promise<CheckAnswer> {
    return this.#call("check");
  }

  run(steps: number): Promise<StepsResult> {
    return this.#call("run", steps);
  }

  probe(): Promise<ProbeAnswer> {
    return this.#call("probe");
  }

  usage(): Promise<ProcessUsage> {
    return this.#opened().usage().catch(failed);
  }

  async close(): Promise<void> {
    await this.#page?.close();
  }

  async #call<Answer extends object>(method: PageMethod, argument?: number): Promise<Answer> {
    const { page } = this.#opened();
    const reply = await page
      .evaluate(([name, value]) => (globalThis as unknown as InPage).ninBench.call(name, value), [
        method,
        argument,
      ] as const)
      .catch(failed);
    return answerOf<Answer>(reply as Reply<Answer>);
  }

  #opened(): BenchPage {
    if (this.#page === undefined) throw new BenchError("the implementation is not open");
    return this.#page;
  }
}

/** What playwright says when the browser is gone fills a page. */
function failed(error: unknown): never {
  const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
  const isGone = /crashed|has been closed/.test(`${line}`);
  const message = isGone ? "the browser ended while it was working" : `the page failed: ${line}`;
  throw new BenchError(message, "NIN_BENCH", { cause: error });
}

function answerOf<Answer>(reply: Reply<Answer>): Answer {
  if ("answer" in reply) return reply.answer;
  const { message, code } = reply.error;
  throw new BenchError(message, code ?? "NIN_BENCH");
}

const [program, id] = process.argv.slice(2);
const jobPath = at(process.argv, -1);
// The browser's own files go where the job's are: they are removed with them, even when this process is killed.
for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = dirname(jobPath);
await serve(new PageImplementation(JSON.parse(`${program}`) as BrowserProgram, `${id}`, jobPath));
