import { useMemo } from "preact/hooks";
import { ArchitectureEditor, architectureText } from "../editor/index.js";
import { architecture, architectureChoice, leaveRun } from "../state/playground.js";

/** The editor of architectures, loaded when it is first opened. What is right is used at once. */
export function EditorPart() {
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
