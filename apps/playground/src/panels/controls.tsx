import { useSignal } from "@preact/signals";
import {
  changeLearningRate,
  continueRun,
  data,
  device,
  devices,
  isBusy,
  isDataLoading,
  pauseRun,
  run,
  startRun,
  status,
} from "../state/playground.js";
import { count, duration, loss, percent, rate } from "./format.js";

/** Train, pause, step; and how it goes. */
export function Controls() {
  const phase = status.value?.phase;
  const isTraining = phase === "training" || phase === "preparing";
  const isReady = data.value !== undefined && device.value !== undefined && !isDataLoading.value;
  const canGoOn = run.value !== undefined && phase === "paused";
  return (
    <section class="pg-controls" aria-labelledby="pg-training">
      <h2 id="pg-training" class="visually-hidden">
        Training
      </h2>
      <div class="pg-buttons">
        {isTraining ? (
          <button type="button" class="pg-primary" onClick={() => void pauseRun()}>
            <Icon path="M7 5h3v14H7zM14 5h3v14h-3z" /> Pause
          </button>
        ) : (
          <button
            type="button"
            class="pg-primary"
            disabled={!isReady || isBusy.value}
            onClick={() => void (canGoOn ? continueRun() : startRun())}
          >
            <Icon path="M8 5l11 7-11 7z" /> {canGoOn && (status.value?.step ?? 0) > 0 ? "Continue" : "Train"}
          </button>
        )}
        <button
          type="button"
          disabled={!isReady || isTraining || isBusy.value || phase === "finished"}
          onClick={() => void (canGoOn ? continueRun(1) : startRun(1))}
        >
          <Icon path="M6 5l9 7-9 7zM16 5h3v14h-3z" /> One step
        </button>
        {run.value !== undefined && !isTraining && (
          <button type="button" disabled={!isReady || isBusy.value} onClick={() => void startRun()}>
            <Icon path="M12 5V2L7 6l5 4V7a5 5 0 1 1-5 5H5a7 7 0 1 0 7-7z" /> New run
          </button>
        )}
        <LearningRate />
      </div>
      <Figures />
      <Progress />
      {devices.value !== undefined && device.value === undefined && <NoDevice />}
    </section>
  );
}

/** Nothing to train on: why, in a sentence for each device. */
function NoDevice() {
  return (
    <p class="pg-warning">
      Nothing in this browser can train a network.{" "}
      {devices.value?.map(({ label, reason }) => `${label}: ${reason ?? "not available"}.`).join(" ")}
    </p>
  );
}

function LearningRate() {
  const shown = run.value;
  const draft = useSignal<string | undefined>(undefined);
  if (shown === undefined || status.value === undefined || status.value.phase === "finished") return null;
  const current = status.value.learningRate;
  const apply = (text: string) => {
    draft.value = undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value > 0 && value !== current) void changeLearningRate(value);
  };
  return (
    <div class="pg-rate">
      <label for="pg-rate">Learning rate</label>
      <button type="button" onClick={() => apply(rate(current / 2))}>
        <span aria-hidden="true">&divide;2</span>
        <span class="visually-hidden">Halve the learning rate</span>
      </button>
      <input
        id="pg-rate"
        type="text"
        inputMode="decimal"
        size={7}
        value={draft.value ?? rate(current)}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
        }}
        onChange={(event) => apply(event.currentTarget.value)}
      />
      <button type="button" onClick={() => apply(rate(current * 2))}>
        <span aria-hidden="true">&times;2</span>
        <span class="visually-hidden">Double the learning rate</span>
      </button>
    </div>
  );
}

function Figures() {
  const now = status.value;
  const shown = run.value;
  const epoch = shown?.lines.findLast((line) => line.kind === "epoch");
  const probe = shown?.probes.at(-1);
  const isProbeNewer = probe !== undefined && probe.step > (epoch?.step ?? -1);
  const accuracy = isProbeNewer ? probe.accuracy : epoch?.kind === "epoch" ? epoch.testAccuracy : undefined;
  const lastLoss = now?.loss ?? shown?.lines.findLast((line) => line.kind === "step")?.loss;
  const { lastStep = 0, step = 0, imagesPerSecond = 0 } = now ?? {};
  const left =
    imagesPerSecond > 0 && shown
      ? ((lastStep - step) * shown.config.recipe.batchSize) / imagesPerSecond
      : undefined;
  return (
    <dl class="pg-figures">
      <Figure
        name="Test accuracy"
        value={typeof accuracy === "number" ? percent(accuracy) : "–"}
        note={
          typeof accuracy !== "number"
            ? ""
            : isProbeNewer
              ? "of the first 500 test images"
              : "of all test images"
        }
        isMain
      />
      <Figure
        name="Loss"
        value={typeof lastLoss === "number" ? loss(lastLoss) : "–"}
        note="of the newest batch"
      />
      <Figure
        name="Step"
        value={now === undefined ? "–" : count(step)}
        note={
          now === undefined ? "" : `of ${count(lastStep)}, epoch ${Math.max(now.epoch, 1)} of ${now.epochs}`
        }
      />
      <Figure
        name="Images a second"
        value={imagesPerSecond > 0 ? count(imagesPerSecond) : "–"}
        note={now?.phase === "training" && left !== undefined ? `${duration(left)} left` : ""}
      />
    </dl>
  );
}

function Figure({
  name,
  value,
  note,
  isMain = false,
}: {
  name: string;
  value: string;
  note: string;
  isMain?: boolean;
}) {
  return (
    <div class={isMain ? "pg-figure pg-figure-main" : "pg-figure"}>
      <dt>{name}</dt>
      <dd>
        <span class="pg-value">{value}</span>
        <span class="pg-figure-note">{note}</span>
      </dd>
    </div>
  );
}

const PHASES = {
  preparing: "Preparing",
  training: "Training",
  paused: "Paused",
  finished: "Finished",
  failed: "Ended",
} as const;

function Progress() {
  const now = status.value;
  if (now === undefined)
    return (
      <p class="pg-phase" role="status">
        {waitingFor()}
      </p>
    );
  const { phase, step, lastStep, activity } = now;
  return (
    <>
      <progress class="pg-progress" max={Math.max(lastStep, 1)} value={step} aria-label="Steps done" />
      {/* Read out when what happens changes, not at each step. */}
      <p class="pg-phase">
        <span role="status">{PHASES[phase]}</span>
        {activity !== undefined && phase !== "paused" && <span class="pg-muted">: {activity}</span>}
      </p>
    </>
  );
}

function waitingFor(): string {
  if (isBusy.value && data.value !== undefined) return "Preparing";
  if (data.value === undefined) return "Loading the images";
  if (devices.value === undefined) return "Looking for a device";
  return "Ready";
}

export function Icon({ path }: { path: string }) {
  return (
    <svg class="pg-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
