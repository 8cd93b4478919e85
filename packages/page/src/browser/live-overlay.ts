import { nthLook, seriesLetter } from "../charts/chart.js";
import { type OverlaidRun, overlayCharts } from "../charts/overlay.js";
import type { LiveCurves } from "../live/update.js";
import { keepOnly, showIn } from "./chart-places.js";
import { boxesOf, chosenKeys } from "./choosers.js";

/** The curves of chosen runs, laid over each other. */
export interface LiveOverlay {
  /** Called when a check box of a chooser has changed. */
  choose(chooser: string): void;
  /** Called with the keys of runs whose curves have changed. */
  refresh(keys: readonly string[]): void;
}

/** Fills the place of `liveOverlay`, where the page has one. What is chosen stands in the address, after `#`. */
export function startOverlay(): LiveOverlay | undefined {
  const place = document.querySelector<HTMLElement>("[data-overlay]");
  const { overlay: chooser, curves: address } = place?.dataset ?? {};
  if (place === null || chooser === undefined || address === undefined) return undefined;
  const overlay = new Overlay(place, chooser, address);
  overlay.restore();
  return overlay;
}

class Overlay implements LiveOverlay {
  /** By key; null where the run has no curves, or is gone. */
  readonly #runs = new Map<string, LiveCurves | null>();
  /** By key: a run keeps its letter and colour while it is chosen. */
  readonly #indices = new Map<string, number>();
  readonly #wanted = new Set<string>();
  #isFetching = false;

  constructor(
    private readonly place: HTMLElement,
    private readonly chooser: string,
    private readonly address: string,
  ) {}

  /** Checks the boxes that the address names; where it names none, those that the server checked stay. */
  restore(): void {
    const named = new URLSearchParams(location.hash.slice(1)).getAll(this.chooser);
    if (named.length > 0) for (const box of boxesOf(this.chooser)) box.checked = named.includes(box.value);
    this.#want(this.#chosen());
  }

  choose(chooser: string): void {
    if (chooser !== this.chooser) return;
    const keys = this.#chosen();
    const hash = new URLSearchParams(keys.map((key) => [chooser, key]));
    history.replaceState(null, "", keys.length === 0 ? location.pathname + location.search : `#${hash}`);
    this.#want(keys.filter((key) => !this.#runs.has(key)));
  }

  refresh(keys: readonly string[]): void {
    const chosen = this.#chosen();
    const changed = keys.filter((key) => chosen.includes(key));
    for (const key of keys) if (!changed.includes(key)) this.#runs.delete(key);
    if (changed.length > 0) this.#want(changed);
  }

  #chosen(): readonly string[] {
    return [...chosenKeys(this.chooser)];
  }

  #want(keys: readonly string[]): void {
    for (const key of keys) this.#wanted.add(key);
    this.#draw();
    if (!this.#isFetching) void this.#fetchWanted();
  }

  /** One after the other, so that a click on many boxes does not ask for all at once. */
  async #fetchWanted(): Promise<void> {
    this.#isFetching = true;
    for (let [key] = this.#wanted; key !== undefined; [key] = this.#wanted) {
      this.#wanted.delete(key);
      this.#runs.set(key, await this.#fetchRun(key));
      this.#draw();
    }
    this.#isFetching = false;
  }

  async #fetchRun(key: string): Promise<LiveCurves | null> {
    const before = this.#runs.get(key) ?? null;
    try {
      const answer = await fetch(`${this.address}?run=${encodeURIComponent(key)}`);
      return answer.ok ? ((await answer.json()) as LiveCurves) : null;
    } catch {
      // The server has ended, which the state of the page says.
      return before;
    }
  }

  #draw(): void {
    const chosen = this.#chosen();
    for (const key of [...this.#indices.keys()]) if (!chosen.includes(key)) this.#indices.delete(key);
    const runs = chosen.flatMap((key): OverlaidRun[] => {
      const run = this.#runs.get(key);
      return run == null ? [] : [{ key, index: this.#indexOf(key), ...run }];
    });
    const charts = overlayCharts(this.place.id, runs);
    keepOnly(this.place, charts);
    for (const chart of charts) showIn(this.place, chart);
    const list = document.querySelector(".chosen");
    list?.replaceChildren(...runs.map(chosenItem));
    for (const note of document.querySelectorAll<HTMLElement>("[data-overlay-note]")) {
      note.hidden = charts.length > 0;
    }
  }

  #indexOf(key: string): number {
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const taken = new Set(this.#indices.values());
    let free = 0;
    while (taken.has(free)) free += 1;
    this.#indices.set(key, free);
    return free;
  }
}

/** As `lineSample` of a chooser, with the run's name. */
function chosenItem({ index, label }: OverlaidRun): HTMLElement {
  const { color, dash = [] } = nthLook(index);
  const item = document.createElement("li");
  const sample = document.createElement("span");
  sample.className = "line-sample";
  const letter = document.createElement("b");
  letter.textContent = seriesLetter(index);
  const picture = svg("svg", { width: "32", height: "8", "aria-hidden": "true" });
  const line = svg("line", { x1: "0", y1: "4", x2: "32", y2: "4", "stroke-width": "2" });
  line.setAttribute("stroke-dasharray", dash.join(" "));
  line.style.stroke = `var(${color})`;
  picture.append(line);
  sample.append(letter, picture);
  item.append(sample, label);
  return item;
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element as SVGElement;
}
