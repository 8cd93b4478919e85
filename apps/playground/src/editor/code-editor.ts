import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  snippet,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Annotation, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Problem } from "./check-text.js";
import { meaningAt, type StringValue, suggestionsAt } from "./json-language.js";

export interface CodeEditorOptions {
  readonly parent: Element;
  readonly text: string;
  /** What it is called, and the id of the element that says how it is left by the keyboard. */
  readonly label: string;
  readonly hintId: string;
  /** Called for each change of the user's. */
  readonly onText: (text: string) => void;
}

/** An editor in a page. */
export interface CodeEditor {
  /** Replaces the text, without a call of `onText`. */
  setText(text: string): void;
  showProblems(problems: readonly Problem[]): void;
  /** Puts the cursor to a place and the focus into the editor. Units: UTF-16 code units. */
  goTo(from: number, to?: number): void;
  dispose(): void;
}

/** Marks changes that are not the user's. */
const fromOutside = Annotation.define<boolean>();

/** CodeMirror for architectures: completion and explanations from their schema, marks where a problem is. */
export function createCodeEditor({ parent, text, label, hintId, onText }: CodeEditorOptions): CodeEditor {
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      ...BASE,
      EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": hintId, tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        const isOwn = update.transactions.some((transaction) => transaction.annotation(fromOutside) === true);
        if (update.docChanged && !isOwn) onText(update.state.doc.toString());
      }),
    ],
  });
  const within = (offset: number): number => Math.min(offset, view.state.doc.length);
  return {
    setText(next) {
      const changes = { from: 0, to: view.state.doc.length, insert: next };
      view.dispatch({ changes, annotations: fromOutside.of(true) });
    },
    showProblems(problems) {
      const diagnostics = problems.map(({ message, from, to }) => ({
        message,
        from: within(from),
        to: within(to),
        severity: "error" as const,
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    goTo(from, to = from) {
      view.dispatch({ selection: { anchor: within(from), head: within(to) }, scrollIntoView: true });
      view.focus();
    },
    dispose: () => view.destroy(),
  };
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  // Typing opens the list in words, and where one begins; elsewhere it must be asked for.
  if (!explicit && context.matchBefore(/["\w$]+$/) === null) return null;
  const { from, to, items } = await suggestionsAt(state.doc.toString(), pos, stringValueAt(state, pos));
  if (items.length === 0) return null;
  return {
    from,
    to,
    filter: true,
    validFor: /^"?[\w$]*"?$/,
    options: items.map(({ label, description, isField, template }): Completion => {
      const isQuoted = template.startsWith('"');
      return {
        // The quotes are part of what is replaced, and so of what is compared.
        label: isQuoted ? `"${label}"` : label,
        displayLabel: label,
        ...(description === "" ? {} : { info: description }),
        type: isField ? "property" : "enum",
        apply: (view, completion, start, end) => snippet(template)(view, completion, start, end),
      };
    }),
  };
}

/** The string around a place, if it is the value of a field. */
function stringValueAt(state: EditorState, offset: number): StringValue | undefined {
  const node = syntaxTree(state).resolveInner(offset, -1);
  if (node.name !== "String" || node.parent?.name !== "Property") return undefined;
  return { from: node.from, to: node.to };
}

const explanations = hoverTooltip(async ({ state }, offset) => {
  const meaning = await meaningAt(state.doc.toString(), offset);
  if (meaning === undefined) return null;
  return {
    pos: meaning.from,
    end: meaning.to,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "editor-meaning";
      dom.textContent = meaning.text;
      return { dom };
    },
  };
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "0.8125rem" },
  // The element around it has one.
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--surface)", border: "0" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-tooltip": {
    color: "var(--text)",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--border)",
    borderRadius: "0.375rem",
    maxWidth: "min(24rem, 90vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.1875rem 0.5rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--on-accent)",
    backgroundColor: "var(--accent)",
  },
  ".cm-completionInfo, .editor-meaning": { padding: "0.375rem 0.5rem" },
  ".cm-diagnostic": { padding: "0.375rem 0.5rem" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--danger)" },
});

/** Tab indents; Escape before it lets it leave the editor, which CodeMirror does by itself. */
const BASE: readonly Extension[] = [
  lineNumbers(),
  history(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  json(),
  syntaxHighlighting(colours),
  autocompletion({ override: [complete], icons: false }),
  lintGutter(),
  explanations,
  keymap.of([
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...defaultKeymap,
    ...historyKeymap,
    indentWithTab,
  ]),
  EditorView.lineWrapping,
  look,
];
