import { once } from "node:events";
import { contentPolicy, type LiveCurves } from "@nin/page";
import { RunError, stepsPerEpochOf } from "@nin/training/node";
import { UsageError } from "../errors/usage-error.js";
import { confinedFileSystem } from "../server/confined-files.js";
import {
  type ContentAnswer,
  type LoopbackAnswer,
  type LoopbackRequest,
  startLoopback,
} from "../server/loopback.js";
import { plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { type FolderAddresses, folderPage } from "./folder-page.js";
import { ViewHub } from "./hub.js";
import { runPage } from "./run-page.js";
import { RunWatch } from "./run-watch.js";

const ADDRESSES: FolderAddresses = {
  events: "/events",
  curves: "/curves",
  run: (key) => `/run?run=${encodeURIComponent(key)}`,
};

const eventsOf = (key: string): string => `/run/events?run=${encodeURIComponent(key)}`;

/**
 * Serves the live page of a run, or of the runs below a folder, until the terminal's signal aborts.
 *
 * @param root - the folder: absolute and real
 * @param target - the folder as the user knows it
 * @param port - 0 for any that is free
 * @throws `UsageError` for a port that is in use, or a run that is damaged; `RunError` for a folder that cannot be read
 */
export async function serveView(
  root: string,
  target: string,
  port: number,
  terminal: Terminal,
): Promise<void> {
  const { signal } = terminal;
  const watch = new RunWatch(root, target, confinedFileSystem(root));
  await watch.look();
  const isRun = watch.runs.some(({ key }) => key === "");
  const [problem] = watch.damaged;
  // The folder is a run itself, and cannot be read.
  if (problem?.run === root) throw new UsageError(problem.problem);
  const note = noteOnce(terminal);
  const hub = new ViewHub(watch, ADDRESSES, note);
  const view = new View(watch, hub, isRun);
  const server = await startLoopback({ port, answer: (request) => view.answer(request), onError: note });
  try {
    const what = isRun ? `the run ${target}` : `${plural(watch.runs.length, "run")} of ${target}`;
    terminal.print(`Showing ${what} at ${server.url} (Ctrl-C ends it)`);
    if (watch.runs.length === 0)
      terminal.note(`${target} has no runs yet: they appear on the page as they start`);
    const ended = signal.aborted ? Promise.resolve() : once(signal, "abort");
    void hub.run(signal);
    await ended;
  } finally {
    await server.close();
  }
}

/** What goes wrong may do so at every look: the same is said once. */
function noteOnce(terminal: Pick<Terminal, "note">): (error: unknown) => void {
  let before = "";
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== before) terminal.note(`Warning: ${message}`);
    before = message;
  };
}

/** What is at each address. */
class View {
  constructor(
    private readonly watch: RunWatch,
    private readonly hub: ViewHub,
    private readonly isRun: boolean,
  ) {}

  /** What cannot be read now, as the folder when it was removed, is a reason that the client is given. */
  async answer(request: LoopbackRequest): Promise<LoopbackAnswer | undefined> {
    try {
      return await this.#found(request);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      const headers = { "Content-Type": "text/plain; charset=utf-8" };
      return { status: 503, headers, body: `nin: ${error.message}\n` };
    }
  }

  async #found({ path, query }: LoopbackRequest): Promise<LoopbackAnswer | undefined> {
    // Keys are looked up among the runs that were found: no path is made of them.
    const key = query.get("run") ?? "";
    switch (path) {
      case "/":
        return this.isRun ? this.#runPage("") : this.#folderPage();
      case "/run":
        return this.#runPage(key);
      case "/events":
        await this.hub.freshen();
        return this.isRun ? undefined : { listen: (stream) => this.hub.listenToFolder(stream) };
      case "/run/events":
        await this.hub.freshen();
        if (this.watch.runOf(key) === undefined) return undefined;
        return { listen: (stream) => this.hub.listenToRun(key, stream) };
      case "/curves":
        return this.#curves(key);
      default:
        return undefined;
    }
  }

  async #folderPage(): Promise<ContentAnswer> {
    await this.hub.freshen();
    return pageAnswer(folderPage(this.watch, ADDRESSES));
  }

  async #runPage(key: string): Promise<ContentAnswer | undefined> {
    await this.hub.freshen();
    const run = this.watch.runOf(key);
    const parts = await this.hub.partsOf(key);
    if (run === undefined || parts === undefined) return undefined;
    const context = { name: run.name, events: eventsOf(key), ...(!this.isRun && { back: "/" }) };
    return pageAnswer(runPage(parts, context));
  }

  async #curves(key: string): Promise<ContentAnswer | undefined> {
    const run = this.watch.runOf(key);
    if (run === undefined) return undefined;
    const history = await this.watch.historyOf(key);
    if (history === undefined) return undefined;
    const { name, config } = run;
    const curves: LiveCurves = {
      label: name,
      stepsPerEpoch: stepsPerEpochOf(config),
      curves: history.curves,
    };
    return jsonAnswer(curves);
  }
}

function pageAnswer({
  document,
  script,
}: {
  readonly document: string;
  readonly script: string;
}): ContentAnswer {
  const policy = contentPolicy({ script, connects: true });
  return {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
    body: document,
  };
}

function jsonAnswer(value: unknown): ContentAnswer {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}
