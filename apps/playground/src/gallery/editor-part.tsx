import { builtinArchitecture } from "@nin/spec";
import { useState } from "preact/hooks";
import { ArchitectureEditor, architectureText } from "../editor/index.js";

const MODELS = ["nin-mnist", "nin", "vgg11"];

export function EditorPart() {
  const [text, setText] = useState(() => architectureText(builtinArchitecture("nin-mnist")));
  const [state, setState] = useState("not changed");
  return (
    <section id="editor">
      <h2>Editor</h2>
      <p class="gallery-controls">
        <label>
          Start from{" "}
          <select
            onChange={(event) => setText(architectureText(builtinArchitecture(event.currentTarget.value)))}
          >
            {MODELS.map((model) => (
              <option key={model}>{model}</option>
            ))}
          </select>
        </label>
        <span>
          Last change: <output>{state}</output>
        </span>
      </p>
      <ArchitectureEditor
        text={text}
        onChange={({ architecture, problems }) => {
          setState(
            architecture === undefined
              ? `${problems.length} problem`
              : `${architecture.layers.length} layers`,
          );
          // In the words of architectureText, as the playground does: what is written must stay all the same.
          if (architecture !== undefined) setText(architectureText(architecture));
        }}
      />
    </section>
  );
}
