import { summarize } from "@nin/spec";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { ArchitectureEditor, architectureText } from "../editor/index.js";
import {
  type BuiltinChoice,
  builtinNames,
  descriptionOf,
  hasBlockOptions,
  SLOW,
} from "../state/architecture-choice.js";
import { architecture, architectureChoice, leaveRun } from "../state/playground.js";
import { count } from "./format.js";

/** Which network to train: a built-in one with its options, or one that is written. */
export function NetworkPanel({ isLocked }: { isLocked: boolean }) {
  const choice = architectureChoice.value;
  const isEditing = useSignal(false);
  const network = architecture.value;
  const figures = useMemo(() => (typeof network === "string" ? undefined : summarize(network)), [network]);
  const builtin: BuiltinChoice = choice.kind === "builtin" ? choice.builtin : { name: "" };
  const set = (changes: Partial<BuiltinChoice>) => {
    void leaveRun();
    architectureChoice.value = { kind: "builtin", builtin: { ...builtin, ...changes } };
  };
  return (
    <fieldset class="pg-panel" disabled={isLocked}>
      <legend>
        <span class="pg-number">2</span> Network
      </legend>
      <label class="pg-field">
        <span>Architecture</span>
        <select value={builtin.name} onChange={(event) => set({ name: event.currentTarget.value })}>
          {choice.kind === "own" && <option value="">{choice.architecture.name} (edited)</option>}
          {builtinNames.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p class="pg-hint">
        {choice.kind === "own" ? "An architecture of your own" : descriptionOf(builtin.name)}
        {SLOW.has(builtin.name) && ". Slow in a page: for a fast GPU"}
      </p>
      {hasBlockOptions(builtin.name) && <BlockOptions builtin={builtin} set={set} />}
      <p class="pg-note">
        {typeof network === "string"
          ? network
          : figures &&
            `${count(figures.parameters)} parameters, ${count(figures.macs)} multiplications an image`}
      </p>
      <button
        type="button"
        class="pg-small"
        aria-expanded={isEditing.value}
        onClick={() => {
          isEditing.value = !isEditing.value;
        }}
      >
        {isEditing.value ? "Close the editor" : "Edit as JSON"}
      </button>
      {isEditing.value && <Editor />}
    </fieldset>
  );
}

function BlockOptions({
  builtin,
  set,
}: {
  builtin: BuiltinChoice;
  set: (changes: Partial<BuiltinChoice>) => void;
}) {
  const { mlpConvs = 2, mlpKernelSize = 1, head = "gap" } = builtin;
  return (
    <div class="pg-options">
      <label class="pg-field">
        <span>1&times;1 convolutions in a block</span>
        <select
          value={`${mlpConvs}`}
          onChange={(event) => set({ mlpConvs: Number(event.currentTarget.value) })}
        >
          {[0, 1, 2, 3, 4].map((each) => (
            <option key={each} value={`${each}`}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <label class="pg-field">
        <span>Their size</span>
        <select
          value={`${mlpKernelSize}`}
          onChange={(event) => set({ mlpKernelSize: event.currentTarget.value === "3" ? 3 : 1 })}
        >
          <option value="1">1&times;1</option>
          <option value="3">3&times;3</option>
        </select>
      </label>
      <label class="pg-field">
        <span>Head</span>
        <select
          value={head}
          onChange={(event) => set({ head: event.currentTarget.value === "linear" ? "linear" : "gap" })}
        >
          <option value="gap">global average pooling</option>
          <option value="linear">fully connected</option>
        </select>
      </label>
    </div>
  );
}

/** The editor of architectures: what is right is used at once. */
function Editor() {
  const network = architecture.value;
  const builtin =
    architectureChoice.value.kind === "builtin" ? JSON.stringify(architectureChoice.value) : "own";
  const text = useMemo(() => (typeof network === "string" ? "" : architectureText(network)), [builtin]);
  return (
    <ArchitectureEditor
      text={text}
      onChange={({ architecture: written }) => {
        if (written === undefined) return;
        void leaveRun();
        architectureChoice.value = { kind: "own", architecture: written };
      }}
    />
  );
}
