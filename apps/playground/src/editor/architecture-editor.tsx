import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type ArchitectureText, checkArchitectureText, placeText } from "./check-text.js";
import type { CodeEditor } from "./code-editor.js";
import "./editor.css";

export interface ArchitectureEditorProps {
  /** Replaces what is in the editor, unless it is the same network in other words. */
  readonly text: string;
  /** Called after the user's changes, 150 ms after the last key. */
  readonly onChange: (content: ArchitectureText) => void;
  /** What it is called; `Architecture as JSON` by default. */
  readonly label?: string | undefined;
}

/** So long a pause ends a change. Units: milliseconds. */
const PAUSE_MS = 150;

const HINTS = {
  loading: "Loading the editor with suggestions.",
  loaded: "Ctrl+Space suggests what can stand here. Tab indents; Escape, then Tab leaves the editor.",
  failed: "The editor with suggestions could not be loaded; this one has none.",
} as const;

/** An editor of architectures, which says what is wrong and where. A plain text area until CodeMirror is there. */
export function ArchitectureEditor({
  text,
  onChange,
  label = "Architecture as JSON",
}: ArchitectureEditorProps) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const [state, setState] = useState<"loading" | "loaded" | "failed">("loading");
  const isLoaded = state === "loaded";
  const [content, setContent] = useState(() => checkArchitectureText(text));
  const latest = useRef({ text, onChange, timer: 0, isPending: false });
  latest.current.onChange = onChange;

  const report = (): ArchitectureText => {
    clearTimeout(latest.current.timer);
    latest.current.isPending = false;
    const checked = checkArchitectureText(latest.current.text);
    latest.current.onChange(checked);
    return checked;
  };
  const changed = (next: string): void => {
    latest.current.text = next;
    latest.current.isPending = true;
    clearTimeout(latest.current.timer);
    latest.current.timer = window.setTimeout(() => setContent(report()), PAUSE_MS);
  };

  useEffect(() => {
    let isGone = false;
    void import("./code-editor.js").then(
      ({ createCodeEditor }) => {
        const parent = place.current;
        if (isGone || parent === null) return;
        const { activeElement } = document;
        const caret = area.current === activeElement ? area.current?.selectionStart : undefined;
        const onText = changed;
        editor.current = createCodeEditor({
          parent,
          text: latest.current.text,
          label,
          hintId: `${id}-hint`,
          onText,
        });
        setState("loaded");
        if (caret !== undefined) editor.current.goTo(caret);
      },
      // Without it, as offline before the first load of this part, the text area stays.
      () => setState("failed"),
    );
    return () => {
      isGone = true;
      // What was written last is not lost.
      if (latest.current.isPending) report();
      editor.current?.dispose();
      editor.current = null;
    };
  }, []);

  useEffect(() => {
    const given = checkArchitectureText(text);
    if (text === latest.current.text || isSameNetwork(given, checkArchitectureText(latest.current.text)))
      return;
    clearTimeout(latest.current.timer);
    latest.current.isPending = false;
    latest.current.text = text;
    setContent(given);
    editor.current?.setText(text);
  }, [text]);

  const { problems } = content;
  useEffect(() => editor.current?.showProblems(problems), [problems, isLoaded]);

  const goTo = (from: number, to: number): void => {
    if (editor.current !== null) editor.current.goTo(from, to);
    else {
      area.current?.focus();
      area.current?.setSelectionRange(from, to);
    }
  };
  return (
    <div class="architecture-editor">
      <div ref={place} class="editor-place" />
      {!isLoaded && (
        <textarea
          ref={area}
          class="editor-plain"
          aria-label={label}
          rows={16}
          spellcheck={false}
          value={latest.current.text}
          onInput={(event) => changed(event.currentTarget.value)}
        />
      )}
      <p id={`${id}-hint`} class="editor-hint">
        {HINTS[state]}
      </p>
      <div role="status" class="editor-status">
        {problems.map(({ message, from, to }) => (
          <p key={message} class="editor-problem">
            <button type="button" onClick={() => goTo(from, to)}>
              {placeText(content.text, from)}
            </button>{" "}
            {message}
          </p>
        ))}
      </div>
    </div>
  );
}

/** Whether two texts are the same network, its name included. */
function isSameNetwork(one: ArchitectureText, other: ArchitectureText): boolean {
  if (one.architecture === undefined || other.architecture === undefined) return false;
  return JSON.stringify(one.architecture) === JSON.stringify(other.architecture);
}
