import type { MetricsLine } from "@nin/training";
import type { WorkerEvent, WorkerMessage } from "../contract/protocol.js";

export type Emit = (event: WorkerEvent) => void;

/** How long events are gathered. Units: milliseconds. */
const GATHER_MS = 120;

/**
 * Gathers events, so that the page is not woken more often than it can draw: of statuses and looks the newest one alone,
 * of metrics all lines.
 */
export class EventGatherer {
  #events: WorkerEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly post: (message: WorkerMessage, transfer: Transferable[]) => void) {}

  readonly emit: Emit = (event) => {
    this.#events.push(event);
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  };

  /** Sends what was gathered at once: before an answer, so that it comes after what led to it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = gathered(this.#events);
    this.#events = [];
    if (events.length > 0) this.post({ events }, []);
  }
}

/** Exported for tests. */
export function gathered(events: readonly WorkerEvent[]): readonly WorkerEvent[] {
  const newest = new Map<string, number>();
  events.forEach(({ kind }, index) => {
    newest.set(kind, index);
  });
  const lines: MetricsLine[] = [];
  return events.flatMap((event, index): WorkerEvent[] => {
    const isNewest = newest.get(event.kind) === index;
    if (event.kind === "metrics") {
      lines.push(...event.lines);
      const next = events.slice(index + 1).find(({ kind }) => kind === "metrics");
      const goesOn = next?.kind === "metrics" && next.run === event.run;
      return goesOn ? [] : [{ ...event, lines: lines.splice(0) }];
    }
    const isState = event.kind === "status" || event.kind === "look" || event.kind === "stored";
    return isState && !isNewest ? [] : [event];
  });
}
