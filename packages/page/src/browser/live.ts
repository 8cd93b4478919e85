/** Brings a page to life as `charts.ts` does, and keeps it up to date by server-sent events (`LiveUpdate`). */
import "./english.js";
import type { Chart } from "../charts/chart.js";
import type { LiveRows, LiveUpdate } from "../live/update.js";
import { showIn } from "./chart-places.js";
import { enableBoxes, startChoosers } from "./choosers.js";
import { drawChosen, startDrawings } from "./drawings.js";
import { startOverlay } from "./live-overlay.js";
import { sortAgain, startSorting } from "./sorting.js";

const FOCUSABLE = "a[href], button, input, summary, [tabindex]";

const overlay = startOverlay();
startSorting();
startChoosers((name) => {
  drawChosen(name);
  overlay?.choose(name);
});
startDrawings();
startEvents();

/** Listens while the page can be seen: a browser allows few connections to a server at once. */
function startEvents(): void {
  const state = document.getElementById("live");
  const address = state?.dataset.events;
  if (state == null || address === undefined) throw new Error("the page does not say where its events are");
  let events: EventSource | undefined;
  const say = (name: "live" | "waiting", text: string): void => {
    if (state.textContent !== text) state.textContent = text;
    state.dataset.state = name;
  };
  const listen = (): void => {
    if (document.hidden) {
      events?.close();
      events = undefined;
      return;
    }
    if (events !== undefined) return;
    events = new EventSource(address);
    events.addEventListener("open", () => say("live", "Live"));
    events.addEventListener("error", () => say("waiting", "Connection lost: trying again"));
    events.addEventListener("update", ({ data }: MessageEvent<string>) =>
      update(JSON.parse(data) as LiveUpdate),
    );
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}

function update({ parts = {}, charts = [], rows, changedCurves = [] }: LiveUpdate): void {
  for (const [id, text] of Object.entries(parts)) updatePart(id, text);
  if (charts.length > 0) updateCharts(charts);
  if (rows !== undefined) updateRows(rows);
  overlay?.refresh(changedCurves);
}

function updateCharts(charts: readonly Chart[]): void {
  const place = document.querySelector<HTMLElement>("[data-live-charts]");
  if (place !== null) for (const chart of charts) showIn(place, chart);
}

/** Replaces what is in an element; what a reader has opened, scrolled and focused stays so. */
function updatePart(id: string, text: string): void {
  const part = document.getElementById(id);
  if (part === null) return;
  const opened = all(part, "details").map((details) => details.hasAttribute("open"));
  const scrolled = all(part, ".scroll").map(({ scrollLeft }) => scrollLeft);
  keepingFocus(part, () => {
    part.innerHTML = text;
    return part;
  });
  for (const [index, details] of all(part, "details").entries()) {
    if (opened[index] === true) details.setAttribute("open", "");
  }
  for (const [index, region] of all(part, ".scroll").entries()) region.scrollLeft = scrolled[index] ?? 0;
}

function updateRows({ table: id, rows, removed }: LiveRows): void {
  const table = document.getElementById(id);
  if (!(table instanceof HTMLTableElement)) return;
  const [body] = table.tBodies;
  if (body === undefined) return;
  const before = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const kept = new Set(rows.map(({ key }) => key));
  for (const [key, row] of before) {
    const isGone = removed === "others" ? key === undefined || !kept.has(key) : removed.includes(key ?? "");
    if (isGone) row.remove();
  }
  for (const { key, html } of rows) updateRow(body, before.get(key), html);
  enableBoxes(body);
  sortAgain(table);
}

function updateRow(
  body: HTMLTableSectionElement,
  before: HTMLTableRowElement | undefined,
  text: string,
): void {
  const holder = document.createElement("tbody");
  holder.innerHTML = text;
  const [row] = holder.rows;
  if (row === undefined) return;
  if (before === undefined) {
    // What is chosen stands in the address: a reader has chosen, and nothing is added to that.
    if (location.hash !== "") for (const box of all(row, "input")) (box as HTMLInputElement).checked = false;
    body.append(row);
    return;
  }
  // What a reader has checked stays checked.
  const checked = all(before, "input").map((box) => (box as HTMLInputElement).checked);
  for (const [index, box] of all(row, "input").entries()) {
    (box as HTMLInputElement).checked = checked[index] === true;
  }
  keepingFocus(before, () => {
    before.replaceWith(row);
    return row;
  });
}

function keepingFocus(part: HTMLElement, replace: () => HTMLElement): void {
  const { activeElement } = document;
  const focused = activeElement instanceof HTMLElement ? all(part, FOCUSABLE).indexOf(activeElement) : -1;
  const replaced = replace();
  if (focused >= 0) all(replaced, FOCUSABLE)[focused]?.focus({ preventScroll: true });
}

function all(part: HTMLElement, selector: string): readonly HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>(selector)];
}
