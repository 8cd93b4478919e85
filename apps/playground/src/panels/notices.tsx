import { dismiss, notices } from "../state/playground.js";

/** What went wrong, each in one sentence, until it is read. */
export function Notices() {
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
