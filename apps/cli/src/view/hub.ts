import { setTimeout as delay } from "node:timers/promises";
import type { LiveUpdate } from "@nin/page";
import type { EventStream } from "../server/event-stream.js";
import { type FolderAddresses, folderParts, folderRows } from "./folder-page.js";
import { type RunPageParts, runPageParts } from "./run-page.js";
import type { RunWatch, WatchChanges } from "./run-watch.js";

/** Between two looks at the folder, and how many times as long as a look takes. Units: milliseconds. */
const LOOK_EVERY_MS = 1000;
const TIMES_LOOK = 10;
/** A look that is newer than this is new enough for a page. Units: milliseconds. */
const FRESH_MS = 500;

/** Who listens to a run, and what they were sent last. */
interface RunListeners {
  readonly streams: Set<EventStream>;
  shown: RunPageParts | undefined;
}

/** Looks at a folder while anyone listens, and sends what has changed. */
export class ViewHub {
  readonly #folderStreams = new Set<EventStream>();
  readonly #runListeners = new Map<string, RunListeners>();
  #shownParts = "";
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #lookMs = 0;

  /**
   * @param onError - is given what goes wrong while looking, which ends nothing
   */
  constructor(
    private readonly watch: RunWatch,
    private readonly addresses: FolderAddresses,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Goes on until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = Math.max(LOOK_EVERY_MS, TIMES_LOOK * this.#lookMs);
      await delay(pause, undefined, { signal }).catch(() => {});
      const isHeard = this.#folderStreams.size > 0 || this.#runListeners.size > 0;
      if (isHeard && !signal.aborted) await this.#look().catch(this.onError);
    }
  }

  /** Looks at the folder, unless that has just been done. */
  async freshen(): Promise<void> {
    if (performance.now() - this.#lookedAt > FRESH_MS) await this.#look();
  }

  /** Sends a client what the folder has now, and from then on what changes. */
  listenToFolder(stream: EventStream): void {
    this.#folderStreams.add(stream);
    stream.onClose(() => this.#folderStreams.delete(stream));
    const { watch, addresses } = this;
    const update: LiveUpdate = {
      parts: folderParts(watch),
      rows: { table: "runs", rows: folderRows(watch, addresses), removed: "others" },
      changedCurves: watch.runs.map(({ key }) => key),
    };
    stream.send("update", update);
  }

  /** Sends a client what a run's page shows now, and from then on what changes. */
  listenToRun(key: string, stream: EventStream): void {
    const listeners = this.#runListeners.get(key) ?? { streams: new Set(), shown: undefined };
    this.#runListeners.set(key, listeners);
    listeners.streams.add(stream);
    stream.onClose(() => {
      listeners.streams.delete(stream);
      if (listeners.streams.size === 0) this.#runListeners.delete(key);
    });
    this.#greet(key, listeners, stream).catch(this.onError);
  }

  async #greet(key: string, listeners: RunListeners, stream: EventStream): Promise<void> {
    listeners.shown ??= await this.partsOf(key);
    if (listeners.shown === undefined) return;
    const { parts, charts } = listeners.shown;
    stream.send("update", { parts, charts } satisfies LiveUpdate);
  }

  /** What a run's page shows now; undefined where there is no such run. */
  async partsOf(key: string): Promise<RunPageParts | undefined> {
    const run = this.watch.runOf(key);
    const history = await this.watch.historyOf(key);
    return run === undefined || history === undefined ? undefined : runPageParts(run, history.lines);
  }

  /** One look at a time. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const startedAt = performance.now();
    const changes = await this.watch.look();
    this.#lookedAt = performance.now();
    this.#lookMs = this.#lookedAt - startedAt;
    this.#sendToFolder(changes);
    const changed = new Set([...changes.summaries, ...changes.metrics, ...changes.removed]);
    for (const [key, listeners] of this.#runListeners) {
      // One that cannot be read any more is no reason to leave out the others.
      if (changed.has(key)) await this.#sendToRun(key, listeners).catch(this.onError);
    }
  }

  #sendToFolder({ summaries, metrics, removed }: WatchChanges): void {
    const { watch, addresses } = this;
    const parts = folderParts(watch);
    const partsText = JSON.stringify(parts);
    const hasNewParts = partsText !== this.#shownParts;
    this.#shownParts = partsText;
    const isChanged = hasNewParts || summaries.length + metrics.length + removed.length > 0;
    if (!isChanged || this.#folderStreams.size === 0) return;
    const runs = watch.runs.filter(({ key }) => summaries.includes(key));
    const update: LiveUpdate = {
      ...(hasNewParts && { parts }),
      ...(runs.length + removed.length > 0 && {
        rows: { table: "runs", rows: folderRows({ runs }, addresses), removed },
      }),
      changedCurves: [...metrics, ...removed],
    };
    sendAll(this.#folderStreams, update);
  }

  async #sendToRun(key: string, listeners: RunListeners): Promise<void> {
    const before = listeners.shown;
    const now = await this.partsOf(key);
    listeners.shown = now;
    if (now === undefined) {
      sendAll(listeners.streams, { parts: { headline: '<p class="notice">This run is gone.</p>' } });
      return;
    }
    const isOther = ([id, text]: readonly [string, string]): boolean => before?.parts[id] !== text;
    const parts = Object.fromEntries(Object.entries(now.parts).filter(isOther));
    const hasNewCharts = JSON.stringify(now.charts) !== JSON.stringify(before?.charts);
    sendAll(listeners.streams, { parts, ...(hasNewCharts && { charts: now.charts }) });
  }
}

function sendAll(streams: Iterable<EventStream>, update: LiveUpdate): void {
  const json = JSON.stringify(update);
  for (const stream of streams) stream.sendText("update", json);
}
