import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Controls } from "./panels/controls.js";
import { Curves } from "./panels/curves.js";
import { DataPanel, takeFiles } from "./panels/data-panel.js";
import { DevicePanel } from "./panels/device-panel.js";
import { droppedFiles } from "./panels/dropped-files.js";
import { InsidePanel } from "./panels/inside-panel.js";
import { NetworkPanel } from "./panels/network-panel.js";
import { RecipePanel } from "./panels/recipe-panel.js";
import { RunsPanel } from "./panels/runs-panel.js";
import { TourPanel } from "./panels/tour-panel.js";
import { begin, dismiss, notices, status } from "./state/playground.js";
import { isTourOpen } from "./state/tour.js";

/** The playground. */
export function App() {
  const isDropping = useDrop();
  useEffect(() => void begin(), []);
  const phase = status.value?.phase;
  const isLocked = phase === "training" || phase === "preparing";
  return (
    <>
      <a class="pg-skip" href="#work">
        Skip to the training
      </a>
      <header class="pg-top">
        <div>
          <h1>Network in Network</h1>
          <p>Watch a network learn, in this page, on this machine.</p>
        </div>
        <button
          type="button"
          aria-expanded={isTourOpen.value}
          onClick={() => {
            isTourOpen.value = !isTourOpen.value;
          }}
        >
          Take the tour
        </button>
      </header>
      <Notices />
      <main class="pg-layout">
        <section class="pg-setup" aria-label="What to train">
          <DataPanel isLocked={isLocked} />
          <NetworkPanel isLocked={isLocked} />
          <RecipePanel isLocked={isLocked} />
          <DevicePanel isLocked={isLocked} />
          {isLocked && <p class="pg-hint">Pause to change what is trained.</p>}
        </section>
        <div class="pg-work" id="work" tabIndex={-1}>
          <TourPanel />
          <Controls />
          <Curves />
          <InsidePanel />
          <RunsPanel />
        </div>
      </main>
      <footer class="pg-footer">
        Network in Network (Lin, Chen and Yan, 2013) for TypeScript, MIT licensed.{" "}
        <a href="./third-party-licences.txt">Licences of what is in this page</a>. Nothing leaves this
        machine.
      </footer>
      {isDropping.value && <div class="pg-drop">Drop images, a run, or weights</div>}
    </>
  );
}

/** Takes files that are dropped anywhere on the page. */
function useDrop() {
  const isDropping = useSignal(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      isDropping.value = true;
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) isDropping.value = false;
    };
    const drop = (event: DragEvent) => {
      isDropping.value = false;
      if (event.defaultPrevented || event.dataTransfer === null) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then((files) =>
        files.length > 0 ? takeFiles(files) : undefined,
      );
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return isDropping;
}

/** What went wrong, each in one sentence, until it is read. */
function Notices() {
  return (
    <div class="pg-notices" role="log" aria-label="Messages" aria-live="polite">
      {notices.value.map(({ id, kind, message }) => (
        <p key={id} class={kind === "problem" ? "pg-notice pg-problem" : "pg-notice"}>
          <span>{/[.!?]$/.test(message) ? message : `${message}.`}</span>
          <button type="button" aria-label="Dismiss this message" onClick={() => dismiss(id)}>
            &times;
          </button>
        </p>
      ))}
    </div>
  );
}
