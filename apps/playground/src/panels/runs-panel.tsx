import { useSignal } from "@preact/signals";
import { compared, toggleCompared } from "../state/compared.js";
import { deleteRun, download, openRun, run, status, storedRuns } from "../state/playground.js";
import type { StoredRun } from "../storage/database.js";
import { count, percent, rate } from "./format.js";

/** The runs that this browser keeps: to go on with, to compare, to download. */
export function RunsPanel() {
  const runs = storedRuns.value;
  return (
    <section class="pg-box" aria-labelledby="pg-runs">
      <h2 id="pg-runs">Runs</h2>
      {runs.length === 0 ? (
        <p class="pg-note">
          Runs are kept in this browser: pause one, reload the page, and go on where it was.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
        <section class="pg-scroll" aria-label="Runs, side by side" tabIndex={0}>
          <table class="pg-runs">
            <thead>
              <tr>
                <th scope="col">Compare</th>
                <th scope="col">Network</th>
                <th scope="col">Images</th>
                <th scope="col">Test accuracy</th>
                <th scope="col">Steps</th>
                <th scope="col">Recipe</th>
                <th scope="col">Device</th>
                <th scope="col">
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((each) => (
                <Row key={each.id} stored={each} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

function Row({ stored }: { stored: StoredRun }) {
  const { id, config, step, lastStep, testAccuracy, probes, status: kept } = stored;
  const isShown = run.value?.id === id;
  const isTraining = isShown && (status.value?.phase === "training" || status.value?.phase === "preparing");
  const isAsked = useSignal(false);
  const accuracy = testAccuracy ?? probes.at(-1)?.accuracy;
  const { recipe, architecture, data, backend, device } = config;
  const name = `${architecture.name}, ${timeOf(stored.createdAt)}`;
  return (
    <tr class={isShown ? "pg-shown" : ""}>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare ${name}`}
          checked={compared.value.some((each) => each.id === id)}
          onChange={() => void toggleCompared(id, name)}
        />
      </td>
      <th scope="row">
        {architecture.name}
        <small>{isTraining ? "training now" : `${kept}, ${timeOf(stored.createdAt)}`}</small>
      </th>
      <td>{data.source}</td>
      <td class="pg-number-cell">{typeof accuracy === "number" ? percent(accuracy) : "–"}</td>
      <td class="pg-number-cell">
        {count(step)} <small>of {count(lastStep)}</small>
      </td>
      <td>
        {recipe.name}
        <small>
          rate {rate(recipe.optimizer.learningRate)}, batch {recipe.batchSize}, seed {recipe.seed}
        </small>
      </td>
      <td>
        {backend} {device}
      </td>
      <td>
        <div class="pg-row">
          {!isShown && (
            <button
              type="button"
              class="pg-small"
              aria-label={`Open ${name}`}
              onClick={() => void openRun(id)}
            >
              Open
            </button>
          )}
          <Download id={id} name={name} isDisabled={step === 0 && !isShown} />
          {/* One button, so that it keeps the focus. */}
          <button
            type="button"
            class={isAsked.value ? "pg-small pg-danger" : "pg-small"}
            aria-label={isAsked.value ? `Really delete ${name}` : `Delete ${name}`}
            onClick={() => {
              if (isAsked.value) void deleteRun(id);
              isAsked.value = !isAsked.value;
            }}
          >
            {isAsked.value ? "Really delete" : "Delete"}
          </button>
        </div>
      </td>
    </tr>
  );
}

const KINDS = [
  ["folder", "Run folder, for nin train --resume"],
  ["safetensors", "Weights, safetensors"],
  ["onnx", "Network, ONNX"],
] as const;

function Download({ id, name, isDisabled }: { id: string; name: string; isDisabled: boolean }) {
  return (
    <select
      class="pg-small"
      aria-label={`Download ${name}`}
      disabled={isDisabled}
      value=""
      onChange={(event) => {
        const kind = KINDS.find(([value]) => value === event.currentTarget.value)?.[0];
        event.currentTarget.value = "";
        if (kind !== undefined) void download(id, kind);
      }}
    >
      <option value="">Download</option>
      {KINDS.map(([kind, label]) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </select>
  );
}

function timeOf(createdAt: number): string {
  const date = new Date(createdAt);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false })
    : date.toLocaleDateString("en", { day: "numeric", month: "short" });
}
